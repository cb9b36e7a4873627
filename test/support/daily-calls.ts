import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Insertable } from 'kysely';
import { attemptsOf } from '../../db/daily-calls/days.ts';
import { replanUser } from '../../db/daily-calls/users.ts';
import type { CallUsersTable } from '../../db/tables/daily-calls.ts';
import type { CallProviderName } from '../../shared/daily-calls/providers.ts';
import { dailyCallWorkflowId } from '../../shared/ids.ts';
import { localDate } from '../../shared/time.ts';
import type { SweepResult } from '../../workflows/daily-calls/call-sweep/contract.ts';
import { type BedOptions, eventually, openTestBed, type TestBed } from './test-bed.ts';

export interface CalledUser {
  id: string;
  companyId: string;
  phone: string;
  localDate: string;
}

/** Daily calls with every provider's emulator, in a zone where it is always time. */
export interface DailyCallBed extends TestBed {
  /** A user who is due now, unless `preferences` say otherwise. */
  user(preferences?: Partial<Insertable<CallUsersTable>>): Promise<CalledUser>;
  /** How the provider's next calls to a number go. */
  answers(provider: CallProviderName, phone: string, ...scripts: string[]): Promise<void>;
  /** Runs the sweep; its days' runs go to this bed's worker. */
  sweep(): Promise<SweepResult>;
  /** The day of a user once its run has ended, with its attempts. */
  ended(user: CalledUser): Promise<Awaited<ReturnType<typeof dayOf>>>;
  /** What the provider executed for a number. */
  dialled(provider: CallProviderName, phone: string): Promise<number>;
}

/** A call lasts this long; a late report comes after the limit of `DAILY_CALL_MAX_MS` has not passed yet. */
const quick = { ring_ms: 20, talk_ms: 30, duration_ms: 30, late_ms: 800 };

let phones = 0;

async function dayOf({ deps }: TestBed, { id, localDate: date }: CalledUser) {
  const day = await deps.db
    .selectFrom('daily_calls')
    .where('user_id', '=', id)
    .where('local_date', '=', date)
    .selectAll()
    .executeTakeFirstOrThrow();
  return { ...day, attempts: await attemptsOf(deps.db, id, date) };
}

export async function openDailyCalls(
  env: TestWorkflowEnvironment,
  options: BedOptions = {},
): Promise<DailyCallBed> {
  const bed = await openTestBed(env, 'daily-calls', {
    ...options,
    settings: {
      DAILY_CALL_LEGAL_HOURS: '00:00-24:00',
      DAILY_CALL_MAX_MS: '3000',
      CALLKARO_AGENT_ID: agents.callkaro,
      RETELL_DAILY_AGENT_ID: agents.retell,
      VAPI_ASSISTANT_ID: agents.vapi,
      ...options.settings,
    },
  });
  const { db, vault, clock } = bed.deps;
  const { id: companyId } = await db.selectFrom('companies').select('id').executeTakeFirstOrThrow();
  await connectProviders(bed);
  return {
    ...bed,
    async user(preferences = {}) {
      phones += 1;
      const phone = `+49151${String(10_000_000 + phones)}`;
      const { wrapped, key } = vault.newPersonKey();
      const person = await db
        .insertInto('person_keys')
        .values({ wrapped_key: wrapped })
        .returning('id')
        .executeTakeFirstOrThrow();
      const id = randomUUID();
      const zone = preferences.local_tz ?? zoneAtNoon(clock());
      await db
        .insertInto('call_users')
        .values({
          id,
          company_id: companyId,
          person_id: person.id,
          name_sealed: key.seal('call_users.name', 'Mia Sommer'),
          phone_sealed: key.seal('call_users.phone', phone),
          phone_index: vault.blindIndex('do-not-call', phone),
          email_sealed: key.seal('call_users.email', 'mia.sommer@example.com'),
          locale: 'de-DE',
          consent_at: clock(),
          call_time: '00:00',
          local_tz: zone,
          window_from: '00:00',
          window_to: '24:00',
          retry_delays: JSON.stringify({ 'no-answer': 0.01, busy: 0.01, failed: 0.01 }),
          ...preferences,
        })
        .execute();
      await db
        .transaction()
        .execute((trx) => replanUser(trx, id, clock(), bed.deps.env.DAILY_CALL_LEGAL_HOURS));
      const today = localDate(clock(), zone);
      await db
        .updateTable('call_users')
        .set({ next_call_at: clock(), next_call_date: today })
        .where('id', '=', id)
        .execute();
      return { id, companyId, phone, localDate: today };
    },
    async answers(provider, phone, ...scripts) {
      await bed.control('/_emulator/seed', {
        [provider]: { answers: { ...quick, numbers: { [phone]: scripts } } },
      });
    },
    sweep: () =>
      env.client.workflow.execute('callSweep', {
        workflowId: `call-sweep/${randomUUID()}`,
        taskQueue: bed.taskQueue,
      }),
    ended: (user) =>
      eventually(`the day of ${user.id} to end`, async () => {
        const run = await env.client.workflow
          .getHandle(dailyCallWorkflowId(user.id, user.localDate))
          .describe()
          .catch(() => undefined);
        if (!run || run.status.name === 'RUNNING') return undefined;
        return dayOf(bed, user);
      }),
    async dialled(provider, phone) {
      const rows = await bed.ledger(provider, 'calls.create');
      return rows.filter((row) => JSON.stringify(row.request).includes(phone)).length;
    },
  };
}

/** Accounts at the providers that report to this bed's API. */
async function connectProviders(bed: TestBed): Promise<void> {
  const url = (path: string) => `${bed.apiUrl}/api/webhooks/${path}`;
  await bed.control('/_emulator/seed', {
    callkaro: { agents: [{ agent_id: agents.callkaro }], webhook_url: url('call'), answers: quick },
    retell: { agents: [{ agent_id: agents.retell, webhook_url: url('retell') }], answers: quick },
    vapi: { assistants: [{ id: agents.vapi }], server: { url: url('vapi') }, answers: quick },
  });
}

const agents = {
  callkaro: 'a1b2c3d4e5f6a1b2c3d4e5f6',
  retell: 'agent_daily',
  vapi: '0b1f2a3c-4d5e-4f60-8a7b-9c0d1e2f3a4b',
};

/** A zone where it is noon or an hour off: a day that begins now is not over before its retries. */
function zoneAtNoon(now: Date): string {
  const ahead = 12 - now.getUTCHours();
  // Etc/GMT-5 is five hours ahead of UTC.
  return ahead === 0 ? 'Etc/GMT' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}
