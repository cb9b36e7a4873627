import twilio from 'twilio';
import type { EmulatorKit, OutgoingWebhook } from '../../../shared/emulator.ts';
import {
  finalStatus,
  type MessageRecord,
  READ_AFTER_MS,
  REPORTED_AFTER_MS,
  SENT_AFTER_MS,
} from './message-resource.ts';
import { channelOf } from './refusals.ts';

/** Twilio gives a webhook 15 s in all. */
const TIMEOUT_MS = 15_000;

/** Plans the posts of a message's further statuses to its StatusCallback. */
export function planStatusCallbacks(kit: EmulatorKit, message: MessageRecord, url: string): void {
  for (const [status, delayMs] of [
    ['sent', SENT_AFTER_MS],
    [finalStatus(message), REPORTED_AFTER_MS],
    ...(isRead(message) ? ([['read', READ_AFTER_MS]] as const) : []),
  ] as const) {
    kit.deliver({
      operation: 'webhooks.messageStatus',
      key: `${message.sid}:${status}`,
      url,
      body: new URLSearchParams(callbackForm(message, status)).toString(),
      delayMs,
      // Twilio repeats only when it could not connect; an answered callback is never repeated.
      retryDelaysMs: [],
      timeoutMs: TIMEOUT_MS,
    });
  }
}

const isWhatsApp = ({ to }: MessageRecord) => channelOf(to) === 'whatsapp';
const isRead = (message: MessageRecord) => isWhatsApp(message) && message.deliveryError === null;

function callbackForm(message: MessageRecord, status: string): Record<string, string> {
  const { sid, accountSid, to, from, messagingServiceSid, deliveryError } = message;
  return {
    AccountSid: accountSid,
    ApiVersion: '2010-04-01',
    MessageSid: sid,
    MessageStatus: status,
    SmsSid: sid,
    SmsStatus: status,
    To: to,
    ...(from !== null && { From: from }),
    ...(messagingServiceSid !== null && { MessagingServiceSid: messagingServiceSid }),
    ...(isWhatsApp(message) && { ChannelPrefix: 'whatsapp', EventType: status.toUpperCase() }),
    ...(status === 'undelivered' && deliveryError !== null && { ErrorCode: String(deliveryError) }),
  };
}

/** Content type and `X-Twilio-Signature`, computed by Twilio's own library over the URL and the form. */
export function statusCallbackHeaders(
  authToken: string,
  { url, body }: OutgoingWebhook,
): Record<string, string> {
  const form = Object.fromEntries(new URLSearchParams(body));
  return {
    'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
    'user-agent': 'TwilioProxy/1.1',
    'x-twilio-signature': twilio.getExpectedTwilioSignature(authToken, url, form),
  };
}
