import { z } from 'zod';
import { clockRange, e164, flag, list, milliseconds, port } from './fields.ts';

/** The push services of the browsers in use; a name with a leading dot stands for all below it. */
const pushHosts = [
  'fcm.googleapis.com',
  'updates.push.services.mozilla.com',
  '.push.apple.com',
  '.notify.windows.com',
];
/** Every setting of the application, with its default. `.env.example` documents each line. */
export const schema = z.object({
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

export type Settings = z.infer<typeof schema>;

/** Settings whose defaults are public or point at this machine; production must bring its own. */
export const requiredInProduction = [
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
] as const satisfies (keyof Settings)[];
