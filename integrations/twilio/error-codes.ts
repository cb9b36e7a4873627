import type { VendorFailure } from '../../shared/failures.ts';
import { classifyStatus } from '../http.ts';

type Meaning = readonly [kind: VendorFailure['kind'], meaning: string];

/**
 * What Twilio's error codes mean for us: 2xxxx are answers to a request, 3xxxx and 63xxx also arrive as the
 * `ErrorCode` of a message that was accepted and not delivered. Source: twilio.com/docs/api/errors.
 */
const meanings: Record<number, Meaning> = {
  20003: ['unauthorized', 'authentication failed'],
  20005: ['unauthorized', 'account is not active'],
  20006: ['unauthorized', 'access denied'],
  20404: ['rejected', 'no such resource'],
  20429: ['rate-limited', 'too many requests'],
  20500: ['unknown-outcome', 'internal error'],
  20503: ['unavailable', 'service unavailable'],
  21211: ['rejected', 'recipient is not a phone number'],
  21212: ['unauthorized', 'sender is not a phone number'],
  21265: ['rejected', 'recipient is a short code'],
  21266: ['rejected', 'sender and recipient are the same'],
  21408: ['rejected', 'region of the recipient is not enabled'],
  21602: ['rejected', 'text is missing'],
  21603: ['unauthorized', 'sender is missing'],
  21604: ['rejected', 'recipient is missing'],
  21606: ['unauthorized', 'sender does not belong to the account'],
  21608: ['rejected', 'trial account: recipient is not verified'],
  21609: ['unauthorized', 'status callback is not a URL'],
  21610: ['rejected', 'recipient has opted out'],
  21611: ['rate-limited', 'queue of the sender is full'],
  21612: ['rejected', 'no route from the sender to the recipient'],
  21614: ['rejected', 'recipient is not a mobile number'],
  21617: ['rejected', 'text is too long'],
  21659: ['unauthorized', 'sender does not belong to the account'],
  21910: ['rejected', 'sender and recipient use different channels'],
  30001: ['rate-limited', 'queue overflow'],
  30002: ['unauthorized', 'account is suspended'],
  30003: ['rejected', 'handset is unreachable'],
  30004: ['rejected', 'recipient blocks messages'],
  30005: ['rejected', 'recipient does not exist'],
  30006: ['rejected', 'landline or unreachable carrier'],
  30007: ['rejected', 'filtered by the carrier'],
  30008: ['rejected', 'not delivered, reason unknown'],
  30022: ['rate-limited', 'rate of the sender registration exceeded'],
  30034: ['unauthorized', 'sender is not registered with the carriers'],
  21654: ['rejected', 'content variables are not allowed here'],
  21655: ['unauthorized', 'no such content template'],
  21656: ['rejected', 'content variables are not valid'],
  63003: ['rejected', 'WhatsApp: recipient is not known'],
  63007: ['unauthorized', 'WhatsApp: sender does not belong to the account'],
  63016: ['rejected', 'WhatsApp: outside the 24 hour window'],
  63024: ['rejected', 'WhatsApp: recipient cannot be written to'],
  63018: ['rate-limited', 'WhatsApp: rate exceeded'],
  63038: ['rate-limited', 'daily message limit of the account reached'],
};

/** Codes that will be the same for whatever else is sent to this number on this channel. */
const aboutRecipient: Record<number, NonNullable<VendorFailure['recipient']>> = {
  21211: 'bad-address',
  21265: 'bad-address',
  21610: 'opted-out',
  21614: 'bad-address',
  30005: 'bad-address',
  30006: 'bad-address',
  63003: 'bad-address',
  63024: 'bad-address',
};

const recipientOf = (code: number | undefined): Pick<VendorFailure, 'recipient'> => {
  const recipient = aboutRecipient[code ?? 0];
  return recipient ? { recipient } : {};
};

const text = (code: number | string, meaning: string) => `Twilio ${code}: ${meaning}`;

/** The failure behind the error code of a message that was accepted and then not delivered. */
export function classifyDeliveryError(code: number): VendorFailure {
  const [kind, meaning] = meanings[code] ?? (['rejected', 'not delivered'] as const);
  return { kind, code: String(code), message: text(code, meaning), ...recipientOf(code) };
}

/** The failure behind a refusal of Twilio's REST API. Unlisted codes are judged by the HTTP status. */
export function classifyAnswer(status: number, code: number | undefined): VendorFailure {
  const known = meanings[code ?? 0];
  if (known && code !== undefined) {
    const [kind, meaning] = known;
    return { kind, code: String(code), message: text(code, meaning), status, ...recipientOf(code) };
  }
  const shown = String(code ?? `http-${status}`);
  const failure = classifyStatus(status, shown, text(shown, `answered ${status}`));
  // An internal error leaves open whether the message was queued before it came; the look-up will tell.
  return status === 500 ? { ...failure, kind: 'unknown-outcome' } : failure;
}
