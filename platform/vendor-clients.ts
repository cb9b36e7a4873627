import { type CalcomClient, createCalcomClient } from '../integrations/calcom/client.ts';
import { createCallKaroDialer } from '../integrations/callkaro/client.ts';
import { createModelClient } from '../integrations/openai/client.ts';
import { notConfigured } from '../integrations/outbound-call.ts';
import { createRetellClient } from '../integrations/retell/client.ts';
import { createRetellDialer } from '../integrations/retell/outbound.ts';
import { createChatWebhook } from '../integrations/slack/client.ts';
import { createMailer } from '../integrations/smtp/client.ts';
import { createStripeClient } from '../integrations/stripe/client.ts';
import { createTwilioClient } from '../integrations/twilio/client.ts';
import { createVapiDialer } from '../integrations/vapi/client.ts';
import {
  createWebPushClient,
  unconfiguredWebPush,
  type WebPushClient,
} from '../integrations/webpush/client.ts';
import type { CallProvider, CallProviderName } from '../shared/daily-calls/providers.ts';
import type { Env } from './env.ts';

/** Vendor requests end by themselves well within an effect's lease and a local activity's limit. */
const VENDOR_TIMEOUT_MS = 4_000;
/** A language model thinks longer; it is only ever asked from an ordinary activity. */
const MODEL_TIMEOUT_MS = 60_000;

/** The client of every vendor, from the settings; nothing is asked before it is used. */
export function createVendorClients(env: Env) {
  const timeoutMs = VENDOR_TIMEOUT_MS;
  return {
    /** Every company has a key of its own. */
    calcomWith: (apiKey: string): CalcomClient =>
      createCalcomClient({ baseUrl: env.CALCOM_BASE_URL, timeoutMs }, apiKey),
    retell: createRetellClient({ baseUrl: env.RETELL_BASE_URL, apiKey: env.RETELL_API_KEY, timeoutMs }),
    mailer: createMailer({ url: env.SMTP_URL, from: env.MAIL_FROM }),
    sms: createTwilioClient({
      accountSid: env.TWILIO_ACCOUNT_SID,
      authToken: env.TWILIO_AUTH_TOKEN,
      baseUrl: env.TWILIO_BASE_URL,
      timeoutMs,
    }),
    model: createModelClient({
      baseURL: env.LLM_BASE_URL,
      apiKey: env.LLM_API_KEY,
      model: env.LLM_MODEL,
      timeoutMs: MODEL_TIMEOUT_MS,
    }),
    stripe: createStripeClient({ baseUrl: env.STRIPE_BASE_URL, apiKey: env.STRIPE_API_KEY, timeoutMs }),
    push: createPush(env),
    /** Where alerts are told beside mail; null: nowhere. */
    chat: env.ALERT_WEBHOOK_URL ? createChatWebhook({ url: env.ALERT_WEBHOOK_URL, timeoutMs }) : null,
    dialers: createDialers(env),
  };
}

function createPush({ VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY, VAPID_SUBJECT }: Env): WebPushClient {
  if (!VAPID_PUBLIC_KEY || !VAPID_PRIVATE_KEY) return unconfiguredWebPush();
  return createWebPushClient({
    publicKey: VAPID_PUBLIC_KEY,
    privateKey: VAPID_PRIVATE_KEY,
    subject: VAPID_SUBJECT,
    timeoutMs: VENDOR_TIMEOUT_MS,
  });
}

/** A provider without its settings places no call; the others are not concerned. */
export function createDialers(env: Env): Record<CallProviderName, CallProvider> {
  const timeoutMs = VENDOR_TIMEOUT_MS;
  const { CALLKARO_API_KEY, RETELL_FROM_NUMBER, VAPI_API_KEY, VAPI_PHONE_NUMBER_ID } = env;
  return {
    callkaro: CALLKARO_API_KEY
      ? createCallKaroDialer({ baseUrl: env.CALLKARO_BASE_URL, apiKey: CALLKARO_API_KEY, timeoutMs })
      : notConfigured('callkaro', 'CALLKARO_API_KEY'),
    retell: RETELL_FROM_NUMBER
      ? createRetellDialer({
          baseUrl: env.RETELL_BASE_URL,
          apiKey: env.RETELL_API_KEY,
          fromNumber: RETELL_FROM_NUMBER,
          timeoutMs,
        })
      : notConfigured('retell', 'RETELL_FROM_NUMBER'),
    vapi:
      VAPI_API_KEY && VAPI_PHONE_NUMBER_ID
        ? createVapiDialer({
            baseUrl: env.VAPI_BASE_URL,
            apiKey: VAPI_API_KEY,
            phoneNumberId: VAPI_PHONE_NUMBER_ID,
            timeoutMs,
          })
        : notConfigured('vapi', 'VAPI_API_KEY or VAPI_PHONE_NUMBER_ID'),
  };
}
