import twilio from 'twilio';
import type { MessagePage } from 'twilio/lib/rest/api/v2010/account/message.js';
import type { VendorFailure } from '../../shared/failures.ts';
import { classifyConnectionError, retryAfterMs } from '../http.ts';
import { classifyAnswer } from './error-codes.ts';

export interface TwilioConfig {
  /** `AC…` */
  accountSid: string;
  authToken: string;
  /** `https://api.twilio.com` or the emulator's address. */
  baseUrl: string;
  timeoutMs: number;
}

export interface Sms {
  /** E.164. */
  from: string;
  to: string;
  body: string;
  /** Where Twilio posts the message's further statuses. */
  statusCallback?: string | undefined;
}

/** A message by a template that WhatsApp has approved: a business may not begin a conversation with its own words. */
export interface WhatsAppMessage {
  /** E.164, of both. */
  from: string;
  to: string;
  /** `HX…` */
  contentSid: string;
  /** What stands for `{{1}}`, `{{2}}`, … */
  variables: string[];
  statusCallback?: string | undefined;
}

export interface SentSms {
  /** `SM…` */
  sid: string;
  /** Twilio's status: `queued`, `sent`, `delivered`, … */
  status: string;
}

export interface MessageLookup {
  /** E.164, or `whatsapp:` and E.164. */
  to: string;
  /** The short code that only this message carries in its text. */
  reference: string;
  /** Older messages are not looked at. */
  sentAfter: Date;
}

type Page = Pick<MessagePage, 'instances' | 'nextPage'>;

const PAGE_SIZE = 50;
/** Twilio's clock and ours differ, and Twilio's times are whole seconds. */
const CLOCK_TOLERANCE_MS = 60_000;

/** The SDK's HTTP client, which also keeps `Retry-After` in the `details` of the exception that the SDK throws. */
function createHttpClient(timeoutMs: number) {
  const httpClient = new twilio.RequestClient({ timeout: timeoutMs, autoRetry: false });
  const request = httpClient.request;
  httpClient.request = async (options) => {
    const response = await request.call(httpClient, options);
    const retryAfter = response.headers?.['retry-after'];
    if (retryAfter !== undefined && isRecord(response.body)) response.body.details = { retryAfter };
    return response as never;
  };
  return httpClient;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/**
 * Sends messages through Twilio's own library, without its retries. Errors are the library's:
 * `classifyTwilioError` reads them.
 */
export function createTwilioClient({ accountSid, authToken, baseUrl, timeoutMs }: TwilioConfig) {
  const client = twilio(accountSid, authToken, { httpClient: createHttpClient(timeoutMs) });
  client.api.baseUrl = baseUrl;

  return {
    /** Twilio has no idempotency key: after an unknown outcome ask `findMessage` before sending again. */
    async sendSms({ from, to, body, statusCallback }: Sms): Promise<SentSms> {
      const { sid, status } = await client.messages.create({
        from,
        to,
        body,
        ...(statusCallback === undefined ? {} : { statusCallback }),
      });
      return { sid, status };
    },

    /** As `sendSms`. */
    async sendWhatsApp({
      from,
      to,
      contentSid,
      variables,
      statusCallback,
    }: WhatsAppMessage): Promise<SentSms> {
      const numbered = Object.fromEntries(variables.map((value, index) => [String(index + 1), value]));
      const { sid, status } = await client.messages.create({
        from: whatsAppAddress(from),
        to: whatsAppAddress(to),
        contentSid,
        contentVariables: JSON.stringify(numbered),
        ...(statusCallback === undefined ? {} : { statusCallback }),
      });
      return { sid, status };
    },

    /** The message to this recipient whose text carries the reference, or null when there surely is none. */
    async findMessage({ to, reference, sentAfter }: MessageLookup): Promise<SentSms | null> {
      // Not filtered by DateSent: a message that is still queued has none. The list is newest first.
      const oldest = sentAfter.getTime() - CLOCK_TOLERANCE_MS;
      let next: Promise<Page> | undefined = client.messages.page({ to, pageSize: PAGE_SIZE });
      while (next) {
        const page: Page = await next;
        for (const { sid, status, body, dateCreated } of page.instances) {
          if (dateCreated.getTime() < oldest) return null;
          if (body.includes(reference)) return { sid, status };
        }
        next = page.nextPage();
      }
      return null;
    },

    /** Proves account, token and connection; changes nothing, and costs nothing. */
    async ping(): Promise<void> {
      await client.api.v2010.accounts(accountSid).fetch();
    },
  };
}

/** How Twilio writes a number on WhatsApp. */
export const whatsAppAddress = (e164: string) => `whatsapp:${e164}`;

export type TwilioClient = ReturnType<typeof createTwilioClient>;

/** What an error of the client means. The message repeats no number and no text of the message. */
export function classifyTwilioError(error: unknown): VendorFailure {
  if (!(error instanceof twilio.RestException)) return classifyConnectionError(error);
  const failure = classifyAnswer(error.status, error.code);
  const waitMs = isRecord(error.details)
    ? retryAfterMs(String(error.details.retryAfter), Date.now())
    : undefined;
  return waitMs === undefined ? failure : { ...failure, retryAfterMs: waitMs };
}
