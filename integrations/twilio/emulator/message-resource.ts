import { smsSize } from '../../../shared/messages/sms-segments.ts';

/** A message as the emulator keeps it. */
export interface MessageRecord {
  sid: string;
  accountSid: string;
  to: string;
  /** Null when a messaging service chooses the sender. */
  from: string | null;
  messagingServiceSid: string | null;
  body: string;
  /** ISO 8601, UTC. */
  createdAt: string;
  /** Why the carrier will not deliver it (30003, …), or null when it will arrive. */
  deliveryError: number | null;
}

export type MessageStatus = 'queued' | 'sent' | 'delivered' | 'undelivered';

/** When a message leaves Twilio and when the carrier reports, counted from its creation. */
export const SENT_AFTER_MS = 200;
export const REPORTED_AFTER_MS = 1_000;
/** When a customer has read a WhatsApp message. */
export const READ_AFTER_MS = 1_500;

/** The status follows from the clock, so that it is right after a restart as well. */
export function statusAt(message: MessageRecord, now: Date): MessageStatus {
  const ageMs = now.getTime() - Date.parse(message.createdAt);
  if (ageMs < SENT_AFTER_MS) return 'queued';
  return ageMs < REPORTED_AFTER_MS ? 'sent' : finalStatus(message);
}

export function finalStatus({ deliveryError }: MessageRecord): 'delivered' | 'undelivered' {
  return deliveryError === null ? 'delivered' : 'undelivered';
}

/** When the message left, or null while it is queued. */
export function sentAt(message: MessageRecord, now: Date): Date | null {
  return statusAt(message, now) === 'queued' ? null : new Date(Date.parse(message.createdAt) + SENT_AFTER_MS);
}

/** RFC 2822 as Twilio writes it: `Mon, 16 Aug 2027 03:45:01 +0000`. */
const rfc2822 = (at: Date) => at.toUTCString().replace('GMT', '+0000');

/** The message in the shape of Twilio's REST API. */
export function messageResource(message: MessageRecord, now: Date) {
  const { sid, accountSid, to, from, messagingServiceSid, body, createdAt, deliveryError } = message;
  const status = statusAt(message, now);
  const left = sentAt(message, now);
  const uri = `/2010-04-01/Accounts/${accountSid}/Messages/${sid}`;
  return {
    sid,
    account_sid: accountSid,
    messaging_service_sid: messagingServiceSid,
    api_version: '2010-04-01',
    direction: 'outbound-api',
    to,
    from,
    body,
    status,
    error_code: status === 'undelivered' ? deliveryError : null,
    error_message: null,
    num_segments: String(smsSize(body).segments),
    num_media: '0',
    price: null,
    price_unit: 'USD',
    date_created: rfc2822(new Date(createdAt)),
    date_sent: left && rfc2822(left),
    date_updated: rfc2822(left ?? new Date(createdAt)),
    uri: `${uri}.json`,
    subresource_uris: { media: `${uri}/Media.json` },
  };
}
