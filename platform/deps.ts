import { resolve } from 'node:path';
import type { Client } from '@temporalio/client';
import type pg from 'pg';
import { connectDatabase, type Db } from '../db/connect.ts';
import { type CalcomClient, createCalcomClient } from '../integrations/calcom/client.ts';
import { bookingTriggers } from '../integrations/calcom/webhook.ts';
import { createCallKaroDialer } from '../integrations/callkaro/client.ts';
import { readCallKaroReport } from '../integrations/callkaro/webhook.ts';
import { createObjectStore, type ObjectStoreConfig } from '../integrations/files/object-store.ts';
import { classifyConnectionError, VendorError } from '../integrations/http.ts';
import { classifyModelError, createModelClient, type ModelClient } from '../integrations/openai/client.ts';
import { notConfigured } from '../integrations/outbound-call.ts';
import { createRetellClient, type RetellClient } from '../integrations/retell/client.ts';
import { createRetellDialer } from '../integrations/retell/outbound.ts';
import { readRetellReport } from '../integrations/retell/outbound-report.ts';
import { createChatWebhook } from '../integrations/slack/client.ts';
import { classifySmtpError, createMailer, type Mailer } from '../integrations/smtp/client.ts';
import { classifyStripeError } from '../integrations/stripe/classify-error.ts';
import { createStripeClient, type StripeClient } from '../integrations/stripe/client.ts';
import { classifyTwilioError, createTwilioClient, type TwilioClient } from '../integrations/twilio/client.ts';
import { createVapiDialer } from '../integrations/vapi/client.ts';
import { readVapiReport } from '../integrations/vapi/webhook.ts';
import {
  classifyPushError,
  createWebPushClient,
  unconfiguredWebPush,
  type WebPushClient,
} from '../integrations/webpush/client.ts';
import type { CallProvider, CallProviderName, CallReport } from '../shared/daily-calls/providers.ts';
import { findFailure, type VendorFailure } from '../shared/failures.ts';
import { type AlertDelivery, createAlertDelivery } from './alert-delivery.ts';
import { createCalendarDays } from './availability/calendar-days.ts';
import { type Availability, createAvailability } from './availability/free-slots.ts';
import { type CalendarWebhooks, createCalendarWebhooks } from './calendar-webhooks.ts';
import { type CompanySettings, createCompanySettings } from './company-settings.ts';
import { type Documents, documents } from './documents.ts';
import { createEffectLedger, type EffectLedger } from './effects.ts';
import type { Env } from './env.ts';
import { createFiles, type Files } from './files/files.ts';
import { createKeyChecks, type KeyChecks } from './key-checks.ts';
import { createPlaces, type Places } from './limits/places.ts';
import { createLogger, type Logger } from './logger.ts';
import { loadMasterKeys } from './master-keys.ts';
import { createMessageEffects, type MessageEffects } from './message-effects.ts';
import { createMessageLinks, type MessageLinks } from './message-links.ts';
import { createTemporalClient, createWorkflowStarter, type WorkflowStarter } from './temporal.ts';
import { createVault, type Vault } from './vault.ts';
import { createVendorChecks, type VendorCheck } from './vendor-checks.ts';
import { createVendorReads, type VendorReads } from './vendor-reads.ts';

/** Vendor requests end by themselves well within an effect's lease and a local activity's limit. */
const VENDOR_TIMEOUT_MS = 4_000;
/** A language model thinks longer; it is only ever asked from an ordinary activity. */
const MODEL_TIMEOUT_MS = 60_000;

/** Everything the parts of a process share; built once, at start. */
export interface Deps {
  env: Env;
  log: Logger;
  db: Db;
  pool: pg.Pool;
  vault: Vault;
  temporal: Client;
  starter: WorkflowStarter;
  effects: EffectLedger;
  /** Questions to vendors that change nothing there. */
  reads: VendorReads;
  places: Places;
  /** Documents for people, as PDF. */
  documents: Documents;
  /** Free times of those who can be booked, as far as they are known without booking. */
  availability: Availability;
  /** Limits and keys of a company, cached for a short time. */
  companySettings(companyId: string): Promise<CompanySettings>;
  retell: RetellClient;
  retellFailure(error: unknown): VendorFailure;
  /** Cal.com with the key of this company. Throws `VendorUnauthorized` when it has none. */
  calcom(companyId: string): Promise<CalcomClient>;
  /** Asks vendors with keys that are not saved yet. */
  keyChecks: KeyChecks;
  /** Subscribes to what happens in a company's calendar. */
  calendarWebhooks: CalendarWebhooks;
  /** Reads an error of the Cal.com client. */
  calcomFailure(error: unknown): VendorFailure;
  /** The providers of outbound calls. Throw errors that `dialerFailure` reads. */
  dialers: Record<CallProviderName, CallProvider>;
  dialerFailure(error: unknown): VendorFailure;
  /** Who speaks where no script says otherwise. */
  defaultAgents: Partial<Record<CallProviderName, string>>;
  /** What a webhook or a fetched call of a provider says; null: nothing that a call waits for. */
  readCallReport(provider: CallProviderName, body: Buffer): CallReport | null;
  mailer: Mailer;
  mailFailure(error: unknown): VendorFailure;
  sms: TwilioClient;
  smsFailure(error: unknown): VendorFailure;
  push: WebPushClient;
  messages: MessageEffects;
  /** Recordings, exports: sealed with the key of the person whose they are. */
  files: Files;
  stripe: StripeClient;
  stripeFailure(error: unknown): VendorFailure;
  links: MessageLinks;
  model: ModelClient;
  modelFailure(error: unknown): VendorFailure;
  /** Whether each configured vendor answers. */
  vendorChecks: VendorCheck[];
  alertDelivery: AlertDelivery;
  clock: () => Date;
  close(): Promise<void>;
}

/** Parts a caller brings itself: a client on a worker's connection, a ledger with a flaw for a fault run. */
export interface Overrides {
  serviceName?: string;
  log?: Logger;
  eagerClient?: Client;
  effects?: (pool: pg.Pool) => EffectLedger;
  clock?: () => Date;
}

/** The composition root. Opens pools lazily; nothing is connected before it is used. */
export async function createDeps(env: Env, overrides: Overrides = {}): Promise<Deps> {
  const log = overrides.log ?? createLogger(overrides.serviceName ?? 'switchboard', env.LOG_LEVEL);
  const vault = createVault(await loadMasterKeys(env));
  const { db, pool, close } = connectDatabase(env.DATABASE_URL, env.DATABASE_POOL_SIZE);
  const temporal = await createTemporalClient(env);
  const companies = createCompanySettings(db, vault);
  const calcomConfig = { baseUrl: env.CALCOM_BASE_URL, timeoutMs: VENDOR_TIMEOUT_MS };
  const clock = overrides.clock ?? (() => new Date());
  const store = await createObjectStore(storeOf(env));
  const mailer = createMailer({ url: env.SMTP_URL, from: env.MAIL_FROM });
  const sms = createTwilioClient({
    accountSid: env.TWILIO_ACCOUNT_SID,
    authToken: env.TWILIO_AUTH_TOKEN,
    baseUrl: env.TWILIO_BASE_URL,
    timeoutMs: VENDOR_TIMEOUT_MS,
  });
  const reads = createVendorReads(pool);
  const calcomWith = (apiKey: string) => createCalcomClient(calcomConfig, apiKey);
  const calcom = async (companyId: string) => calcomWith(await companies.calcomKey(companyId));
  const calendarDays = createCalendarDays({
    db,
    reads,
    calcom,
    calcomFailure: vendorFailure,
    companySettings: companies.read,
    clock,
    unreachable: ({ companyId }, error) =>
      log.warn({ companyId, reason: findFailure(error)?.type }, 'free times without the calendar'),
  });
  const effects = overrides.effects?.(pool) ?? createEffectLedger(pool);
  const retell = createRetellClient({
    baseUrl: env.RETELL_BASE_URL,
    apiKey: env.RETELL_API_KEY,
    timeoutMs: VENDOR_TIMEOUT_MS,
  });
  const model = createModelClient({
    baseURL: env.LLM_BASE_URL,
    apiKey: env.LLM_API_KEY,
    model: env.LLM_MODEL,
    timeoutMs: MODEL_TIMEOUT_MS,
  });
  const { ALERT_WEBHOOK_URL } = env;
  const chat = ALERT_WEBHOOK_URL
    ? createChatWebhook({ url: ALERT_WEBHOOK_URL, timeoutMs: VENDOR_TIMEOUT_MS })
    : null;
  const stripe = createStripeClient({
    baseUrl: env.STRIPE_BASE_URL,
    apiKey: env.STRIPE_API_KEY,
    timeoutMs: VENDOR_TIMEOUT_MS,
  });
  return {
    env,
    log,
    db,
    pool,
    vault,
    temporal,
    starter: createWorkflowStarter(temporal, overrides.eagerClient),
    effects,
    reads,
    places: createPlaces(pool),
    documents,
    availability: createAvailability(db, calendarDays),
    companySettings: companies.read,
    retell,
    calcom,
    retellFailure: vendorFailure,
    keyChecks: createKeyChecks(calcomWith, vendorFailure),
    calendarWebhooks: createCalendarWebhooks({
      ...{ db, vault, reads, effects, calcomWith },
      publicUrl: env.PUBLIC_URL,
      triggers: [...bookingTriggers],
      calcomFailure: vendorFailure,
    }),
    calcomFailure: vendorFailure,
    dialers: createDialers(env),
    dialerFailure: vendorFailure,
    defaultAgents: {
      ...(env.CALLKARO_AGENT_ID ? { callkaro: env.CALLKARO_AGENT_ID } : {}),
      ...(env.RETELL_DAILY_AGENT_ID ? { retell: env.RETELL_DAILY_AGENT_ID } : {}),
      ...(env.VAPI_ASSISTANT_ID ? { vapi: env.VAPI_ASSISTANT_ID } : {}),
    },
    readCallReport: (provider, body) => reportReaders[provider](body),
    mailer,
    mailFailure: classifySmtpError,
    smsFailure: classifyTwilioError,
    modelFailure: classifyModelError,
    sms,
    messages: createMessageEffects({
      companySettings: companies.read,
      mailFailure: classifySmtpError,
      sms,
      smsFailure: classifyTwilioError,
      pushFailure: classifyPushError,
    }),
    stripe,
    stripeFailure: classifyStripeError,
    links: createMessageLinks(env, vault),
    push: createPush(env),
    model,
    vendorChecks: createVendorChecks(env, { retell, sms, model, mailer, stripe }),
    alertDelivery: createAlertDelivery({
      ...{ env, db, effects, log, mailer, chat },
      mailFailure: classifySmtpError,
      chatFailure: vendorFailure,
    }),
    files: createFiles({ store, db, vault, publicUrl: env.PUBLIC_URL, clock }),
    clock,
    async close() {
      mailer.close();
      await Promise.allSettled([close(), temporal.connection.close()]);
    },
  };
}

const vendorFailure = (error: unknown): VendorFailure =>
  error instanceof VendorError ? error.failure : classifyConnectionError(error);

function storeOf(env: Env): ObjectStoreConfig {
  if (env.FILES_DRIVER === 'disk')
    return { driver: 'disk', folder: resolve(env.SWITCHBOARD_DATA_DIR, 'files') };
  return {
    driver: 's3',
    bucket: env.S3_BUCKET!,
    region: env.S3_REGION,
    ...(env.S3_ENDPOINT ? { endpoint: env.S3_ENDPOINT } : {}),
    ...(env.S3_ACCESS_KEY_ID ? { accessKeyId: env.S3_ACCESS_KEY_ID } : {}),
    ...(env.S3_SECRET_ACCESS_KEY ? { secretAccessKey: env.S3_SECRET_ACCESS_KEY } : {}),
  };
}

const reportReaders: Record<CallProviderName, (body: Buffer) => CallReport | null> = {
  callkaro: readCallKaroReport,
  retell: readRetellReport,
  vapi: readVapiReport,
};

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
