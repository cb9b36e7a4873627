import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import pino from 'pino';
import { createApp } from '../../api/app.ts';
import type { ApiDeps } from '../../api/deps.ts';
import { createApiKey } from '../../db/api-keys.ts';
import { connectDatabase, type Db } from '../../db/connect.ts';
import type { InboxEvent } from '../../db/inbox.ts';
import { createObjectStore, type ObjectStore } from '../../integrations/files/object-store.ts';
import { classifyStripeError } from '../../integrations/stripe/classify-error.ts';
import { createStripeClient } from '../../integrations/stripe/client.ts';
import type { Availability } from '../../platform/availability/free-slots.ts';
import type { CalendarWebhooks } from '../../platform/calendar-webhooks.ts';
import { createEffectLedger } from '../../platform/effects.ts';
import { readEnv } from '../../platform/env.ts';
import { createFiles } from '../../platform/files/files.ts';
import { createInbox } from '../../platform/inbox/inbox.ts';
import type { KeyChecks } from '../../platform/key-checks.ts';
import type { WorkflowStarter } from '../../platform/temporal.ts';
import { createVault } from '../../platform/vault.ts';
import { createVendorReads } from '../../platform/vendor-reads.ts';
import { createTestDatabase } from '../support/database.ts';

export const masterKeys = `1:${Buffer.alloc(32, 7).toString('base64')}`;

/** A Monday morning in Berlin; the API believes it is now. */
export const NOW = new Date('2026-03-02T09:00:00Z');

export const POOL_SIZE = 10;

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came.
  body: any;
  text: string;
}

export interface TestCompany {
  id: string;
  slug: string;
  key: string;
  serviceId: string;
  staffId: string;
}

export interface TestApi {
  url: string;
  deps: ApiDeps;
  db: Db;
  /** Events that were offered for hand-over. */
  offered: InboxEvent[];
  log: string[];
  /** The files as they are stored. */
  store: ObjectStore;
  operatorKey: string;
  get(path: string, key?: string): Promise<Answer>;
  post(path: string, body: unknown, key?: string, headers?: Record<string, string>): Promise<Answer>;
  patch(path: string, body: unknown, key?: string): Promise<Answer>;
  /** Any other method; no body when it is undefined. */
  send(method: 'PUT' | 'DELETE', path: string, body: unknown, key?: string): Promise<Answer>;
  close(): Promise<void>;
}

/** The API over real HTTP on a database of its own; Temporal is what `temporal` makes of it. */
export async function startTestApi(overrides: Partial<ApiDeps> = {}): Promise<TestApi> {
  const database = await createTestDatabase();
  const { db, pool, close: closeDatabase } = connectDatabase(database.url, POOL_SIZE);
  const vault = createVault(masterKeys);
  const offered: InboxEvent[] = [];
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  const inbox = createInbox({ pool, vault, log });
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-api-'));
  const store = await createObjectStore({ driver: 'disk', folder });
  const clock = overrides.clock ?? (() => NOW);
  const deps: ApiDeps = {
    env: readEnv({ DATABASE_URL: database.url, NODE_ENV: 'test' }),
    db,
    pool,
    vault,
    temporal: {} as Client,
    starter: {} as WorkflowStarter,
    inbox,
    availability: {} as Availability,
    effects: createEffectLedger(pool),
    reads: createVendorReads(pool),
    stripe: createStripeClient({ apiKey: 'sk_test', baseUrl: 'http://127.0.0.1:9', timeoutMs: 1_000 }),
    stripeFailure: classifyStripeError,
    keyChecks: {} as KeyChecks,
    calendarWebhooks: {} as CalendarWebhooks,
    handOver: { offer: (event) => void offered.push(event) },
    files: createFiles({ store, db, vault, publicUrl: '', clock }),
    log,
    clock,
    ...overrides,
  };
  const server = createServer(createApp(deps));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const operatorKey = (await createApiKey(db, { companyId: null, name: 'operator' })).key;

  const send = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(url + path, { redirect: 'manual', ...init });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson ? JSON.parse(text) : text,
    };
  };
  const authorization = (key?: string): Record<string, string> =>
    key ? { authorization: `Bearer ${key}` } : {};

  return {
    url,
    deps,
    db,
    offered,
    log: lines,
    store,
    operatorKey,
    get: (path, key) => send(path, { headers: authorization(key) }),
    patch: (path, body, key) =>
      send(path, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json', ...authorization(key) },
        body: JSON.stringify(body),
      }),
    post: (path, body, key, headers = {}) =>
      send(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...authorization(key), ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    send: (method, path, body, key) =>
      send(path, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...authorization(key),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    async close() {
      await stop(server);
      await inbox.close();
      await closeDatabase();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** A company in Berlin with one service, one staff member and an API key. */
export async function addCompany(db: Db, slug: string): Promise<TestCompany> {
  const { id } = await db
    .insertInto('companies')
    .values({
      slug,
      name: slug,
      time_zone: 'Europe/Berlin',
      country: 'DE',
      currency: 'EUR',
      contact_email: `desk@${slug}.example`,
      calcom_key_sealed: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const service = await db
    .insertInto('services')
    .values({ company_id: id, slug: 'haircut', name: 'Haircut', duration_min: 30 })
    .returning('id')
    .executeTakeFirstOrThrow();
  const staff = await db
    .insertInto('staff')
    .values({ company_id: id, name: 'Anna', email: `anna@${slug}.example`, time_zone: 'Europe/Berlin' })
    .returning('id')
    .executeTakeFirstOrThrow();
  const { key } = await createApiKey(db, { companyId: id, name: `${slug} key` });
  return { id, slug, key, serviceId: service.id, staffId: staff.id };
}

/** A person with a key and a customer with sealed columns. */
export async function addCustomer({ db, deps }: TestApi, company: TestCompany, name = 'Erika Muster') {
  const { wrapped, key } = deps.vault.newPersonKey();
  const person = await db
    .insertInto('person_keys')
    .values({ wrapped_key: wrapped })
    .returning('id')
    .executeTakeFirstOrThrow();
  const customer = await db
    .insertInto('customers')
    .values({
      company_id: company.id,
      person_id: person.id,
      phone_index: null,
      phone_sealed: key.seal('customers.phone', '+4930901820'),
      name_sealed: key.seal('customers.name', name),
      email_sealed: key.seal('customers.email', 'erika@muster.example'),
      time_zone: 'Europe/Berlin',
      locale: 'de',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { id: customer.id, personId: person.id, key };
}

/** An appointment at `startsAt`, 30 minutes long. */
export async function addAppointment(
  { db }: TestApi,
  company: TestCompany,
  customerId: string,
  startsAt: string,
  status: 'held' | 'booked' | 'cancelled' | 'completed' = 'booked',
): Promise<string> {
  const id = randomUUID();
  const endsAt = new Date(Date.parse(startsAt) + 30 * 60_000).toISOString();
  await db
    .insertInto('appointments')
    .values({
      id,
      company_id: company.id,
      customer_id: customerId,
      staff_id: company.staffId,
      service_id: company.serviceId,
      call_id: null,
      source: 'api',
      status,
      starts_at: startsAt,
      ends_at: endsAt,
      blocked: `{[${startsAt},${endsAt})}`,
      time_zone: 'Europe/Berlin',
      calcom_event_type_id: 1,
      calcom_booking_uid: null,
      status_reason: null,
      counted_at: null,
    })
    .execute();
  return id;
}
