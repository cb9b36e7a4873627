import { z } from 'zod';

const port = (fallback: number) => z.coerce.number().int().min(1).max(65535).default(fallback);
const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false', '1', '0'])
    .default(fallback ? 'true' : 'false')
    .transform((value) => value === 'true' || value === '1');
const milliseconds = (fallback: number) => z.coerce.number().int().min(0).default(fallback);
/** `HH:MM-HH:MM`, by the clock of whoever is concerned. */
const clockRange = (fallback: string) =>
  z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be HH:MM-HH:MM')
    .default(fallback)
    .transform((value) => ({ from: value.slice(0, 5), to: value.slice(6) }));
const e164 = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be an E.164 number');
/** The push services of the browsers in use; a name with a leading dot stands for all below it. */
const pushHosts = [
  'fcm.googleapis.com',
  'updates.push.services.mozilla.com',
  '.push.apple.com',
  '.notify.windows.com',
];
const list = z
  .string()
  .default('')
  .transform((value) =>
    value
      .split(',')
      .map((entry) => entry.trim())
      .filter(Boolean),
  );

/** Every setting of the application, with its default. `.env.example` documents each line. */
const schema = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  SWITCHBOARD_DATA_DIR: z.string().min(1).default('.switchboard'),
  SWITCHBOARD_MASTER_KEYS: z.string().default(''),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),

  HOST: z.string().default('127.0.0.1'),
  PORT: port(3000),
  PUBLIC_URL: z.url().default('http://localhost:3000'),
  WEBHOOK_BODY_LIMIT_BYTES: z.coerce.number().int().positive().default(1_048_576),
  SHUTDOWN_TIMEOUT_MS: milliseconds(9_000),

  FILES_DRIVER: z.enum(['disk', 's3']).default('disk'),
  S3_BUCKET: z.string().min(3).optional(),
  S3_REGION: z.string().min(1).default('us-east-1'),
  S3_ENDPOINT: z.url().optional(),
  S3_ACCESS_KEY_ID: z.string().min(1).optional(),
  S3_SECRET_ACCESS_KEY: z.string().min(1).optional(),

  DATABASE_URL: z.url().optional(),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(2).max(200).default(10),
  POSTGRES_PORT: port(5433),

  TEMPORAL_ADDRESS: z.string().optional(),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
  TEMPORAL_API_KEY: z.string().optional(),
  TEMPORAL_TLS: flag(false),
  TEMPORAL_TLS_CERT_PATH: z.string().optional(),
  TEMPORAL_TLS_KEY_PATH: z.string().optional(),
  TEMPORAL_TLS_CA_PATH: z.string().optional(),
  TEMPORAL_PORT: port(7233),
  TEMPORAL_UI_PORT: port(8233),
  TEMPORAL_CLI_PATH: z.string().optional(),
  TEMPORAL_TEST_SERVER_PATH: z.string().optional(),

  WORKER_MAX_CACHED_WORKFLOWS: z.coerce.number().int().min(0).default(500),
  WORKER_WORKFLOW_SLOTS: z.coerce.number().int().min(2).default(40),
  WORKER_LOCAL_ACTIVITY_SLOTS: z.coerce.number().int().min(1).default(200),
  WORKER_ACTIVITY_SLOTS: z.coerce.number().int().min(1).default(100),
  WORKER_SHUTDOWN_GRACE_MS: milliseconds(5_000),
  WORKER_SHUTDOWN_FORCE_MS: milliseconds(8_000),

  EMULATORS_PORT: port(4010),
  SMTP_PORT: port(2525),

  RETELL_BASE_URL: z.url().optional(),
  RETELL_API_KEY: z.string().min(1).default('key_retell_development'),
  RETELL_WEBHOOK_KEYS: list,
  RETELL_FROM_NUMBER: e164.optional(),
  RETELL_DAILY_AGENT_ID: z.string().min(1).optional(),

  CALLKARO_BASE_URL: z.url().optional(),
  CALLKARO_API_KEY: z.string().min(1).optional(),
  CALLKARO_WEBHOOK_SECRET: z.string().min(1).optional(),
  CALLKARO_AGENT_ID: z.string().min(1).optional(),

  VAPI_BASE_URL: z.url().optional(),
  VAPI_API_KEY: z.string().min(1).optional(),
  VAPI_PHONE_NUMBER_ID: z.uuid().optional(),
  VAPI_WEBHOOK_SECRET: z.string().min(1).optional(),
  VAPI_ASSISTANT_ID: z.string().min(1).optional(),

  CALCOM_BASE_URL: z.url().optional(),

  TWILIO_BASE_URL: z.url().optional(),
  TWILIO_ACCOUNT_SID: z
    .string()
    .regex(/^AC[0-9a-zA-Z]{32}$/, 'must be AC followed by 32 characters')
    .default('ACdevelopment00000000000000000000'.padEnd(34, '0')),
  TWILIO_AUTH_TOKEN: z.string().min(1).default('twilio_development_token'),
  TWILIO_FROM_NUMBER: e164.default('+4930901820'),

  LLM_BASE_URL: z.url().optional(),
  LLM_API_KEY: z.string().min(1).default('sk-development'),
  LLM_MODEL: z.string().min(1).default('gpt-5-mini'),

  STRIPE_BASE_URL: z.url().optional(),
  STRIPE_API_KEY: z.string().min(1).default('sk_test_development'),
  STRIPE_WEBHOOK_SECRETS: list,
  STRIPE_PRICE_IDS: list,
  SUBSCRIPTION_TRIAL_DAYS: z.coerce.number().int().min(0).max(730).default(14),
  SUBSCRIPTION_RETENTION_DAYS: z.coerce.number().int().min(0).default(90),
  SUBSCRIPTION_LOOK_MS: milliseconds(24 * 60 * 60_000),
  VAPID_PUBLIC_KEY: z.string().min(1).optional(),
  VAPID_PRIVATE_KEY: z.string().min(1).optional(),
  VAPID_SUBJECT: z
    .string()
    .regex(/^(mailto:.+@.+|https:\/\/.+)$/, 'must be mailto: or https:')
    .default('mailto:desk@switchboard.example'),
  PUSH_HOSTS: list.transform((hosts) => (hosts.length > 0 ? hosts : pushHosts)),

  SMTP_URL: z.url().optional(),
  MAIL_WEBHOOK_SECRET: z.string().min(1).optional(),
  MAIL_FROM: z.string().min(3).default('Switchboard <desk@switchboard.example>'),

  ALERT_MAIL_TO: list.pipe(z.array(z.email('must be mail addresses, separated by commas'))),
  ALERT_WEBHOOK_URL: z.url().optional(),

  CALL_END_WAIT_MS: milliseconds(2 * 60 * 60_000),
  CALL_ANALYSIS_WAIT_MS: milliseconds(120_000),
  REVIEW_WAIT_MS: milliseconds(7 * 24 * 60 * 60_000),
  INBOX_SWEEP_INTERVAL_MS: milliseconds(1_000),
  BOOKING_SYNC_INTERVAL_MS: milliseconds(30 * 60_000),
  EVENT_TYPE_SYNC_INTERVAL_MS: milliseconds(6 * 60 * 60_000),

  CALL_REFRESH_DELAY_MS: milliseconds(60_000),
  RECORDING_MAX_BYTES: z.coerce.number().int().positive().default(209_715_200),
  RETENTION_RECORDINGS_DAYS: z.coerce.number().int().min(0).default(90),
  RETENTION_TRANSCRIPTS_DAYS: z.coerce.number().int().min(0).default(365),
  RETENTION_INBOX_DAYS: z.coerce.number().int().min(1).default(90),
  ERASURE_RUN_GRACE_MS: milliseconds(30_000),
  ERASURE_SETTLE_MS: milliseconds(60_000),

  DAILY_CALLS_AT_ONCE: z.coerce.number().int().min(1).default(5),
  DAILY_CALLS_LOOKAHEAD_MS: milliseconds(150_000),
  DAILY_CALLS_SWEEP_INTERVAL_MS: milliseconds(60_000),
  DAILY_CALL_MAX_MS: milliseconds(15 * 60_000),
  DAILY_CALL_LEGAL_HOURS: clockRange('08:00-21:00'),
});

/** Settings whose defaults are public or point at this machine; production must bring its own. */
const requiredInProduction = [
  'PUBLIC_URL',
  'DATABASE_URL',
  'TEMPORAL_ADDRESS',
  'SWITCHBOARD_MASTER_KEYS',
  'RETELL_API_KEY',
  'TWILIO_ACCOUNT_SID',
  'TWILIO_AUTH_TOKEN',
  'TWILIO_FROM_NUMBER',
  'LLM_API_KEY',
  'STRIPE_API_KEY',
  'STRIPE_WEBHOOK_SECRETS',
  'STRIPE_PRICE_IDS',
  'SMTP_URL',
] as const satisfies (keyof z.infer<typeof schema>)[];

/** Where the vendors really are. */
const vendorUrls = {
  retell: 'https://api.retellai.com',
  calcom: 'https://api.cal.com/v2',
  twilio: 'https://api.twilio.com',
  llm: 'https://api.openai.com/v1',
  callkaro: 'https://api.callkaro.ai',
  vapi: 'https://api.vapi.ai',
  stripe: 'https://api.stripe.com',
} as const;

type Settings = z.infer<typeof schema>;

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

/** Checked settings; outside production, addresses that were not given point at the embedded parts here. */
export type Env = Settings & {
  DATABASE_URL: string;
  TEMPORAL_ADDRESS: string;
  RETELL_BASE_URL: string;
  CALCOM_BASE_URL: string;
  TWILIO_BASE_URL: string;
  LLM_BASE_URL: string;
  CALLKARO_BASE_URL: string;
  VAPI_BASE_URL: string;
  STRIPE_BASE_URL: string;
  SMTP_URL: string;
};

/** Thrown at start with every problem of the settings at once. */
export class InvalidEnvironmentError extends Error {
  override readonly name = 'InvalidEnvironmentError';
}

/** Reads and checks the settings. Throws one `InvalidEnvironmentError` that lists all problems. */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  const problems = (parsed.error?.issues ?? []).map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  const production = given.NODE_ENV === 'production';
  if (production) {
    const missing = requiredInProduction.filter((name) => given[name] === undefined);
    problems.push(...missing.map((name) => `  ${name}: required in production`));
  }
  if (given.FILES_DRIVER === 's3' && !given.S3_BUCKET)
    problems.push('  S3_BUCKET: required with FILES_DRIVER=s3');
  if (!parsed.success || problems.length > 0) {
    throw new InvalidEnvironmentError(
      `The environment has ${problems.length} problem(s); see .env.example:\n${problems.join('\n')}`,
    );
  }
  const settings = parsed.data;
  const emulators = `http://127.0.0.1:${settings.EMULATORS_PORT}`;
  const emulatorUrls = {
    retell: `${emulators}/retell`,
    calcom: `${emulators}/calcom/v2`,
    twilio: `${emulators}/twilio`,
    llm: `${emulators}/openai/v1`,
    callkaro: `${emulators}/callkaro`,
    vapi: `${emulators}/vapi`,
    stripe: `${emulators}/stripe`,
  };
  const vendors = production ? vendorUrls : emulatorUrls;
  return {
    ...(production ? {} : emulatedAccounts),
    ...settings,
    DATABASE_URL:
      settings.DATABASE_URL ?? `postgres://postgres:postgres@127.0.0.1:${settings.POSTGRES_PORT}/switchboard`,
    TEMPORAL_ADDRESS: settings.TEMPORAL_ADDRESS ?? `127.0.0.1:${settings.TEMPORAL_PORT}`,
    RETELL_BASE_URL: settings.RETELL_BASE_URL ?? vendors.retell,
    CALCOM_BASE_URL: settings.CALCOM_BASE_URL ?? vendors.calcom,
    TWILIO_BASE_URL: settings.TWILIO_BASE_URL ?? vendors.twilio,
    LLM_BASE_URL: settings.LLM_BASE_URL ?? vendors.llm,
    CALLKARO_BASE_URL: settings.CALLKARO_BASE_URL ?? vendors.callkaro,
    VAPI_BASE_URL: settings.VAPI_BASE_URL ?? vendors.vapi,
    STRIPE_BASE_URL: settings.STRIPE_BASE_URL ?? vendors.stripe,
    ...(production ? {} : emulatedStripe(settings)),
    PUSH_HOSTS: production ? settings.PUSH_HOSTS : [...settings.PUSH_HOSTS, ...loopback],
    SMTP_URL: settings.SMTP_URL ?? `smtp://127.0.0.1:${settings.SMTP_PORT}`,
  };
}

/** The environment for a child process: this process's own, with some values replaced. */
export function inheritEnv(changes: Record<string, string>): NodeJS.ProcessEnv {
  return { ...process.env, ...changes };
}
