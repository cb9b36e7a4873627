import { isPossiblePhoneNumber } from 'libphonenumber-js';
import type { EmulatorAnswer } from '../../../shared/emulator.ts';

/** Fields of `POST …/Messages.json` that the emulator knows, as Twilio spells them. */
export type MessageForm = Partial<
  Record<
    | 'To'
    | 'From'
    | 'Body'
    | 'StatusCallback'
    | 'MessagingServiceSid'
    | 'ContentSid'
    | 'ContentVariables'
    | 'MediaUrl',
    string
  >
>;

/** What is special about a recipient. Those from 30000 on are told only after the message was accepted. */
export const recipientConditions = {
  'not-a-number': 21211,
  'opted-out': 21610,
  'not-mobile': 21614,
  'region-disabled': 21408,
  'no-route': 21612,
  unreachable: 30003,
  landline: 30006,
  'no-whatsapp': 63024,
} as const;

export type RecipientCondition = keyof typeof recipientConditions;

/** Twilio's published test numbers. */
const testRecipients: Record<string, RecipientCondition> = {
  '+15005550001': 'not-a-number',
  '+15005550002': 'no-route',
  '+15005550003': 'region-disabled',
  '+15005550004': 'opted-out',
  '+15005550009': 'not-mobile',
};
export const TEST_SENDER = '+15005550006';
const FULL_SENDER = '+15005550008';

const MAX_BODY_CHARACTERS = 1_600;
const ALPHANUMERIC_SENDER = /^(?=.*[a-z])[a-z0-9 ]{1,11}$/i;

/** A refusal in the shape of Twilio's REST API. */
export function refusal(status: number, code: number, message: string): EmulatorAnswer {
  return {
    status,
    body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
  };
}

export const channelOf = (address: string) => (address.startsWith('whatsapp:') ? 'whatsapp' : 'sms');
export const numberOf = (address: string) => address.replace(/^whatsapp:/, '');

const isNumber = (number: string) => /^\+[1-9]\d{6,14}$/.test(number) && isPossiblePhoneNumber(number);

/** The condition of a recipient; what was seeded goes before the test numbers. */
export function conditionOf(
  to: string,
  seeded: (number: string) => RecipientCondition | undefined,
): RecipientCondition | undefined {
  const number = numberOf(to);
  return seeded(number) ?? testRecipients[number];
}

/** Twilio's answer to a message that it does not take, or null when it takes it. */
export function refuseMessage(
  form: MessageForm,
  isOwnSender: (number: string) => boolean,
  condition: RecipientCondition | undefined,
): EmulatorAnswer | null {
  return (
    refuseRecipient(form.To, condition) ??
    refuseSender(form, isOwnSender) ??
    refuseContent(form) ??
    refuseRoute(form.To ?? '', form.From ?? '', condition)
  );
}

function refuseRecipient(to: string | undefined, condition: RecipientCondition | undefined) {
  if (!to) return refusal(400, 21604, "A 'To' phone number is required.");
  const valid = isNumber(numberOf(to)) && condition !== 'not-a-number';
  return valid ? null : refusal(400, 21211, `Invalid 'To' Phone Number: ${to}`);
}

function refuseSender(
  { From, To = '', MessagingServiceSid }: MessageForm,
  isOwn: (number: string) => boolean,
) {
  if (MessagingServiceSid && !From) return null;
  if (!From) return refusal(400, 21603, "A 'From' phone number is required.");
  const number = numberOf(From);
  if (ALPHANUMERIC_SENDER.test(number)) return null;
  if (!isNumber(number)) return refusal(400, 21212, `Invalid 'From' Phone Number: ${From}`);
  if (channelOf(From) !== channelOf(To)) {
    return refusal(400, 21910, 'Invalid From and To pair. From and To should be of the same channel');
  }
  if (From === To) return refusal(400, 21266, "'To' and 'From' number cannot be the same");
  if (number === FULL_SENDER) {
    return refusal(
      429,
      21611,
      `This 'From' number ${From} has exceeded the maximum number of queued messages`,
    );
  }
  const text = `The 'From' phone number provided (${From}) is not a valid message-capable Twilio phone number`;
  return isOwn(number) ? null : refusal(400, 21606, `${text} for this destination`);
}

function refuseContent({ Body, ContentSid, MediaUrl, StatusCallback }: MessageForm) {
  if (!Body && !ContentSid && !MediaUrl) return refusal(400, 21602, 'Message body is required.');
  if (Body && Body.length > MAX_BODY_CHARACTERS) {
    return refusal(400, 21617, 'The concatenated message body exceeds the 1600 character limit');
  }
  if (StatusCallback && !/^https?:\/\/[^/]/.test(StatusCallback)) {
    return refusal(400, 21609, `The 'StatusCallback' URL ${StatusCallback} is not a valid URL.`);
  }
  return null;
}

function refuseRoute(to: string, from: string, condition: RecipientCondition | undefined) {
  switch (condition) {
    case 'opted-out':
      return refusal(400, 21610, 'Attempt to send to unsubscribed recipient');
    case 'not-mobile':
      return refusal(400, 21614, `'To' number: ${to}, is not a valid mobile number`);
    case 'region-disabled':
      return refusal(
        400,
        21408,
        `Permission to send an SMS has not been enabled for the region indicated by the 'To' number: ${to}`,
      );
    case 'no-route':
      return refusal(
        400,
        21612,
        `Message cannot be sent with the current combination of 'To' (${to}) and/or 'From' (${from}) parameters`,
      );
    default:
      return null;
  }
}
