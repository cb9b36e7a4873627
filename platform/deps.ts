import { resolve } from 'node:path';
import type { Client } from '@temporalio/client';
import type pg from 'pg';
import { connectDatabase, type Db } from '../db/connect.ts';
import type { CalcomClient } from '../integrations/calcom/client.ts';
import { bookingTriggers } from '../integrations/calcom/webhook.ts';
import { readCallKaroReport } from '../integrations/callkaro/webhook.ts';
import { createObjectStore, type ObjectStoreConfig } from '../integrations/files/object-store.ts';
import { classifyConnectionError, VendorError } from '../integrations/http.ts';
import { classifyModelError, type ModelClient } from '../integrations/openai/client.ts';
import type { RetellClient } from '../integrations/retell/client.ts';
import { readRetellReport } from '../integrations/retell/outbound-report.ts';
import { classifySmtpError, type Mailer } from '../integrations/smtp/client.ts';
import { classifyStripeError } from '../integrations/stripe/classify-error.ts';
import type { StripeClient } from '../integrations/stripe/client.ts';
import { classifyTwilioError, type TwilioClient } from '../integrations/twilio/client.ts';
import { readVapiReport } from '../integrations/vapi/webhook.ts';
import { classifyPushError, type WebPushClient } from '../integrations/webpush/client.ts';
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
import { createVendorClients } from './vendor-clients.ts';
import { createVendorReads, type VendorReads } from './vendor-reads.ts';

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
  const clock = overrides.clock ?? (() => new Date());
  const store = await createObjectStore(storeOf(env));
  const { calcomWith, chat, ...vendors } = createVendorClients(env);
  const { mailer, sms } = vendors;
  const reads = createVendorReads(pool);
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
    ...vendors,
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
    dialerFailure: vendorFailure,
    defaultAgents: {
      ...(env.CALLKARO_AGENT_ID ? { callkaro: env.CALLKARO_AGENT_ID } : {}),
      ...(env.RETELL_DAILY_AGENT_ID ? { retell: env.RETELL_DAILY_AGENT_ID } : {}),
      ...(env.VAPI_ASSISTANT_ID ? { vapi: env.VAPI_ASSISTANT_ID } : {}),
    },
    readCallReport: (provider, body) => reportReaders[provider](body),
    mailFailure: classifySmtpError,
    smsFailure: classifyTwilioError,
    modelFailure: classifyModelError,
    messages: createMessageEffects({
      companySettings: companies.read,
      mailFailure: classifySmtpError,
      sms,
      smsFailure: classifyTwilioError,
      pushFailure: classifyPushError,
    }),
    stripeFailure: classifyStripeError,
    links: createMessageLinks(env, vault),
    vendorChecks: createVendorChecks(env, vendors),
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
