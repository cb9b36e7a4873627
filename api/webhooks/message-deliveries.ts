import type { InboxEvent } from '../../db/inbox.ts';
import { parseMailReport } from '../../integrations/smtp/webhook.ts';
import { parseTwilioEvent } from '../../integrations/twilio/webhook.ts';
import type { Env } from '../../platform/env.ts';
import { readReplyWord } from '../../shared/messages/reply-words.ts';
import { carryReport, carryWord, type MessageEventParts } from './message-events.ts';

/** Brings what is said of messages, and in answer to them, where it belongs. Each is safe to repeat. */
export interface MessageDeliveries {
  twilio(event: InboxEvent): Promise<void>;
  mail(event: InboxEvent): Promise<void>;
}

const idOf = (entity: string) => entity.slice(entity.indexOf('/') + 1);

export function createMessageDeliveries(
  parts: MessageEventParts & {
    env: Pick<Env, 'TWILIO_FROM_NUMBER'>;
    openBody(eventId: string): Promise<Buffer>;
    now?: () => Date;
  },
): MessageDeliveries {
  const { env, openBody, now = () => new Date() } = parts;
  return {
    async twilio(event) {
      const said = parseTwilioEvent(await openBody(event.id));
      if (said.kind === 'inbound') {
        const word = readReplyWord(said.text)?.word;
        if (word) await carryWord(parts, said, word, env.TWILIO_FROM_NUMBER);
        return;
      }
      const { delivery, code, messageSid: vendorRef, recipient } = said;
      if (!delivery) return;
      await carryReport(parts, idOf(event.entity), { delivery, code, at: now(), vendorRef, recipient });
    },
    async mail(event) {
      const { delivery, code, badAddress } = await parseMailReport(await openBody(event.id));
      const recipient = badAddress ? 'bad-address' : null;
      await carryReport(parts, idOf(event.entity), { delivery, code, at: now(), vendorRef: null, recipient });
    },
  };
}
