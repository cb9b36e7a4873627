import { createCalcomEmulator } from '../../integrations/calcom/emulator.ts';
import { createOpenaiEmulator } from '../../integrations/openai/emulator.ts';
import { createRetellEmulator } from '../../integrations/retell/emulator.ts';
import { createSmtpEmulator } from '../../integrations/smtp/emulator.ts';
import { createTwilioEmulator } from '../../integrations/twilio/emulator.ts';
import type { Env } from '../../platform/env.ts';
import type { Emulator } from '../../shared/emulator.ts';

/** The credentials that the emulators accept are the ones that the application is configured with. */
export type VendorSettings = Pick<
  Env,
  | 'RETELL_API_KEY'
  | 'RETELL_WEBHOOK_KEYS'
  | 'TWILIO_ACCOUNT_SID'
  | 'TWILIO_AUTH_TOKEN'
  | 'TWILIO_FROM_NUMBER'
  | 'LLM_API_KEY'
  | 'SMTP_PORT'
>;

/** Every vendor that is emulated. Cal.com knows its keys from the seed: each company has its own. */
export function vendorEmulators(settings: VendorSettings): Emulator[] {
  return [
    createRetellEmulator({
      apiKey: settings.RETELL_API_KEY,
      webhookKey: settings.RETELL_WEBHOOK_KEYS[0] ?? settings.RETELL_API_KEY,
    }),
    createCalcomEmulator(),
    createTwilioEmulator({
      accountSid: settings.TWILIO_ACCOUNT_SID,
      authToken: settings.TWILIO_AUTH_TOKEN,
      senders: [settings.TWILIO_FROM_NUMBER],
    }),
    createOpenaiEmulator({ apiKey: settings.LLM_API_KEY }),
    createSmtpEmulator({ port: settings.SMTP_PORT }),
  ];
}
