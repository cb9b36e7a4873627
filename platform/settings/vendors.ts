import type { Settings } from './schema.ts';

/** Where the vendors really are. */
const vendorUrls = {
  RETELL_BASE_URL: 'https://api.retellai.com',
  CALCOM_BASE_URL: 'https://api.cal.com/v2',
  TWILIO_BASE_URL: 'https://api.twilio.com',
  LLM_BASE_URL: 'https://api.openai.com/v1',
  CALLKARO_BASE_URL: 'https://api.callkaro.ai',
  VAPI_BASE_URL: 'https://api.vapi.ai',
  STRIPE_BASE_URL: 'https://api.stripe.com',
} as const satisfies Partial<Settings>;

export type VendorUrls = Record<keyof typeof vendorUrls, string>;

/** Where the emulators of this machine are. */
const emulatorUrls = (port: number): VendorUrls => {
  const emulators = `http://127.0.0.1:${port}`;
  return {
    RETELL_BASE_URL: `${emulators}/retell`,
    CALCOM_BASE_URL: `${emulators}/calcom/v2`,
    TWILIO_BASE_URL: `${emulators}/twilio`,
    LLM_BASE_URL: `${emulators}/openai/v1`,
    CALLKARO_BASE_URL: `${emulators}/callkaro`,
    VAPI_BASE_URL: `${emulators}/vapi`,
    STRIPE_BASE_URL: `${emulators}/stripe`,
  };
};

/** Where the emulated push service is. */
const loopback = ['127.0.0.1', 'localhost'];

/**
 * Accounts at the emulators that production has no default for: a provider of outbound calls whose settings are missing
 * places no call, without VAPID keys there is no push, without a secret no report on mail is taken.
 */
const emulatedAccounts = {
  RETELL_FROM_NUMBER: '+14155550100',
  CALLKARO_API_KEY: 'callkaro_development_key',
  VAPI_API_KEY: 'vapi_development_key',
  VAPI_PHONE_NUMBER_ID: '5f0f4a3e-6a1c-4a52-9d0b-2f1f3c7b8e10',
  VAPI_WEBHOOK_SECRET: 'vapi_development_secret',
  VAPID_PUBLIC_KEY: 'BHSxxM9pmb0HtjqlyT6fKkgFYcyN20ZB0wCzvblboH7WQ3mrVZtQZ1E45-qrHc1wCCRipdaFdPfriZN423_DJxg',
  VAPID_PRIVATE_KEY: 'd9_JWqGFdPTC8t89pOLi6qmeVVnfr9KnOu0iU5uA_Xo',
  MAIL_WEBHOOK_SECRET: 'mail_development_secret',
} as const satisfies Partial<Settings>;

/** The account at the emulator; in production these settings are required. */
const emulatedStripe = ({ STRIPE_WEBHOOK_SECRETS, STRIPE_PRICE_IDS }: Settings) => ({
  STRIPE_WEBHOOK_SECRETS:
    STRIPE_WEBHOOK_SECRETS.length > 0 ? STRIPE_WEBHOOK_SECRETS : ['whsec_development_secret'],
  STRIPE_PRICE_IDS: STRIPE_PRICE_IDS.length > 0 ? STRIPE_PRICE_IDS : ['price_development'],
});

/** As given, and these otherwise. */
const addresses = (settings: Settings, otherwise: VendorUrls) =>
  Object.fromEntries(
    Object.entries(otherwise).map(([name, url]) => [name, settings[name as keyof VendorUrls] ?? url]),
  ) as VendorUrls;

/** The real vendors; what production needs has been asked for. */
export const atRealVendors = (settings: Settings): Settings & VendorUrls => ({
  ...settings,
  ...addresses(settings, vendorUrls),
});

/** The emulators, wherever nothing else was given. */
export const atEmulators = (settings: Settings): Settings & VendorUrls => ({
  ...emulatedAccounts,
  ...settings,
  ...addresses(settings, emulatorUrls(settings.EMULATORS_PORT)),
  ...emulatedStripe(settings),
  PUSH_HOSTS: [...settings.PUSH_HOSTS, ...loopback],
});
