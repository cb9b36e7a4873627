import type { Alongside } from '../db/effects.ts';
import type { VendorFailure } from '../shared/failures.ts';
import { smsReference } from '../shared/messages/sms-reference.ts';
import type { CompanySettings } from './company-settings.ts';
import type { Effect } from './effects.ts';

const HOUR_MS = 3_600_000;

/** What sending a message and giving it up share. */
export type MessageEffect = Omit<Effect<object>, 'perform'>;

export interface Message {
  /** Of its row; the text of an SMS carries it as `smsReference`. */
  id: string;
  /** Of the effect ledger. */
  key: string;
  companyId: string;
  /** What the message is about; an id. */
  entity: string;
  /** Whom the quota counts. */
  recipientId: string;
  createdAt: Date;
  /** Writes on its row that it was sent; `vendorRef` is the provider's id of it. */
  sent(vendorRef: string | null): Alongside;
}

/** Messages as effects, with the quotas of their recipients. */
export interface MessageEffects {
  mail(message: Message): Promise<MessageEffect>;
  /** `to` in E.164. */
  sms(message: Message, to: string): Promise<MessageEffect>;
  /** `carriesReference`: the approved template shows our reference, so that the message can be found again. */
  whatsapp(message: Message, to: string, carriesReference: boolean): Promise<MessageEffect>;
  push(message: Message): Promise<MessageEffect>;
}

export function createMessageEffects(parts: {
  companySettings(companyId: string): Promise<CompanySettings>;
  mailFailure(error: unknown): VendorFailure;
  sms: {
    findMessage(query: { to: string; reference: string; sentAfter: Date }): Promise<object | null>;
  };
  smsFailure(error: unknown): VendorFailure;
  pushFailure(error: unknown): VendorFailure;
}): MessageEffects {
  const identity = ({ key, companyId, entity }: Message) => ({ key, companyId, entity });

  /** SMS and WhatsApp share one quota: to the customer both are text messages on the phone. */
  async function textMessage(message: Message, to: string, canBeFound: boolean): Promise<MessageEffect> {
    const { id, companyId, recipientId, createdAt, sent } = message;
    const { limits } = await parts.companySettings(companyId);
    const reference = smsReference(id);
    return {
      ...identity(message),
      vendor: 'twilio',
      operation: 'messages.create',
      quota: { key: `sms:${recipientId}`, permits: limits.smsPerDayPerCustomer, windowMs: 24 * HOUR_MS },
      also: (result) => sent('sid' in result ? String(result.sid) : null),
      lookUp: canBeFound ? () => parts.sms.findMessage({ to, reference, sentAfter: createdAt }) : null,
      classify: parts.smsFailure,
    };
  }

  return {
    /** SMTP cannot be asked what became of a mail: a lost answer ends in front of a person (`EffectUnknown`). */
    async mail(message) {
      const { limits } = await parts.companySettings(message.companyId);
      const permits = limits.mailsPerHourPerCustomer;
      return {
        ...identity(message),
        vendor: 'smtp',
        operation: 'mail.deliver',
        quota: { key: `mail:${message.recipientId}`, permits, windowMs: HOUR_MS },
        also: () => message.sent(null),
        lookUp: null,
        classify: parts.mailFailure,
      };
    },
    /** Twilio has no idempotency key; what it has sent to a number can be listed. */
    sms: (message, to) => textMessage(message, to, true),
    whatsapp: (message, to, carriesReference) => textMessage(message, `whatsapp:${to}`, carriesReference),
    /**
     * A push service cannot be asked either, but a push may be repeated: its topic replaces what was not shown yet,
     * its tag what was. So a lost attempt counts as not made.
     */
    async push(message) {
      return {
        ...identity(message),
        vendor: 'webpush',
        operation: 'push.send',
        also: () => message.sent(null),
        lookUp: async () => null,
        classify: parts.pushFailure,
      };
    },
  };
}
