import { createCalcomEmulator } from '../../integrations/calcom/emulator.ts';
import { createCallKaroEmulator } from '../../integrations/callkaro/emulator.ts';
import { createOpenaiEmulator } from '../../integrations/openai/emulator.ts';
import { createRetellEmulator } from '../../integrations/retell/emulator.ts';
import { createSlackEmulator } from '../../integrations/slack/emulator.ts';
import { createSmtpEmulator } from '../../integrations/smtp/emulator.ts';
import { createStripeEmulator } from '../../integrations/stripe/emulator.ts';
import { createTwilioEmulator } from '../../integrations/twilio/emulator.ts';
import { createVapiEmulator } from '../../integrations/vapi/emulator.ts';
import { createWebPushEmulator } from '../../integrations/webpush/emulator.ts';
import type { Env } from '../../platform/env.ts';
import type { Emulator } from '../../shared/emulator.ts';

/** The credentials that the emulators accept are the ones that the application is configured with. */
export type VendorSettings = Pick<
  Env,
  | 'RETELL_API_KEY'
  | 'RETELL_WEBHOOK_KEYS'
  | 'RETELL_FROM_NUMBER'
  | 'CALLKARO_API_KEY'
  | 'VAPI_API_KEY'
  | 'VAPI_PHONE_NUMBER_ID'
  | 'VAPI_WEBHOOK_SECRET'
  | 'TWILIO_ACCOUNT_SID'
  | 'TWILIO_AUTH_TOKEN'
  | 'TWILIO_FROM_NUMBER'
  | 'LLM_API_KEY'
  | 'STRIPE_API_KEY'
  | 'STRIPE_WEBHOOK_SECRETS'
  | 'STRIPE_PRICE_IDS'
  | 'SMTP_PORT'
>;

/** Every vendor that is emulated and configured. Cal.com knows its keys from the seed: each company has its own. */
export function vendorEmulators(settings: VendorSettings): Emulator[] {
  const { CALLKARO_API_KEY, VAPI_API_KEY, VAPI_PHONE_NUMBER_ID, VAPI_WEBHOOK_SECRET } = settings;
  return [
    createRetellEmulator({
      apiKey: settings.RETELL_API_KEY,
      webhookKey: settings.RETELL_WEBHOOK_KEYS[0] ?? settings.RETELL_API_KEY,
      numbers: settings.RETELL_FROM_NUMBER ? [settings.RETELL_FROM_NUMBER] : [],
    }),
    createCalcomEmulator(),
    createTwilioEmulator({
      accountSid: settings.TWILIO_ACCOUNT_SID,
      authToken: settings.TWILIO_AUTH_TOKEN,
      senders: [settings.TWILIO_FROM_NUMBER],
    }),
    createOpenaiEmulator({ apiKey: settings.LLM_API_KEY }),
    createStripeEmulator({
      apiKey: settings.STRIPE_API_KEY,
      webhookSecret: settings.STRIPE_WEBHOOK_SECRETS[0] ?? 'whsec_development_secret',
      priceIds: settings.STRIPE_PRICE_IDS,
    }),
    createSmtpEmulator({ port: settings.SMTP_PORT }),
    createSlackEmulator(),
    createWebPushEmulator(),
    ...(CALLKARO_API_KEY ? [createCallKaroEmulator({ apiKey: CALLKARO_API_KEY })] : []),
    ...(VAPI_API_KEY
      ? [
          createVapiEmulator({
            apiKey: VAPI_API_KEY,
            webhookSecret: VAPI_WEBHOOK_SECRET ?? VAPI_API_KEY,
            phoneNumberIds: VAPI_PHONE_NUMBER_ID ? [VAPI_PHONE_NUMBER_ID] : [],
          }),
        ]
      : []),
  ];
}
