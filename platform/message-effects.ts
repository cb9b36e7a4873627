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

/** Mails and SMS as effects, with the quotas of their recipients. */
export interface MessageEffects {
  mail(message: Message): Promise<MessageEffect>;
  /** `to` in E.164. */
  sms(message: Message, to: string): Promise<MessageEffect>;
}

export function createMessageEffects(parts: {
  companySettings(companyId: string): Promise<CompanySettings>;
  mailFailure(error: unknown): VendorFailure;
  sms: {
    findMessage(query: { to: string; reference: string; sentAfter: Date }): Promise<object | null>;
  };
  smsFailure(error: unknown): VendorFailure;
}): MessageEffects {
  return {
    /** SMTP cannot be asked what became of a mail: a lost answer ends in front of a person (`EffectUnknown`). */
    async mail({ key, companyId, entity, recipientId, sent }) {
      const { limits } = await parts.companySettings(companyId);
      return {
        key,
        vendor: 'smtp',
        operation: 'mail.deliver',
        companyId,
        entity,
        quota: { key: `mail:${recipientId}`, permits: limits.mailsPerHourPerCustomer, windowMs: HOUR_MS },
        also: () => sent(null),
        lookUp: null,
        classify: parts.mailFailure,
      };
    },
    /** Twilio has no idempotency key; what it has sent to a number can be listed. */
    async sms({ id, key, companyId, entity, recipientId, createdAt, sent }, to) {
      const { limits } = await parts.companySettings(companyId);
      const reference = smsReference(id);
      return {
        key,
        vendor: 'twilio',
        operation: 'messages.create',
        companyId,
        entity,
        quota: { key: `sms:${recipientId}`, permits: limits.smsPerDayPerCustomer, windowMs: 24 * HOUR_MS },
        also: (result) => sent('sid' in result ? String(result.sid) : null),
        lookUp: () => parts.sms.findMessage({ to, reference, sentAfter: createdAt }),
        classify: parts.smsFailure,
      };
    },
  };
}
