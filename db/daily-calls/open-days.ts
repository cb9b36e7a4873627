import { randomUUID } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Vault } from '../../platform/vault.ts';
import { dailyCallWorkflowId } from '../../shared/ids.ts';
import type { InboxEvent } from '../inbox.ts';
import type { Database } from '../tables/database.ts';

/** A user's local day. */
export interface DayRef {
  userId: string;
  companyId: string;
  localDate: string;
}

/** A day whose run is to be told that something changed, or (`dueAt`, ISO 8601) to be started for that moment. */
export type DayNews = DayRef & { dueAt?: string };

/** At most 65,535 parameters go into one statement. */
const EVENTS_PER_INSERT = 1_000;

/** Days that have not ended: of one user, of everybody with this number, of a company (null: of all). */
export async function openDaysOf(
  db: Kysely<Database>,
  whose: { userId: string } | { companyId: string | null; phoneIndex?: Buffer },
): Promise<DayRef[]> {
  const rows = await db
    .selectFrom('daily_calls')
    .where('daily_calls.status', '=', 'open')
    .$if('userId' in whose, (query) =>
      query.where('daily_calls.user_id', '=', (whose as { userId: string }).userId),
    )
    .$if('companyId' in whose && whose.companyId !== null, (query) =>
      query.where('daily_calls.company_id', '=', (whose as { companyId: string }).companyId),
    )
    .$if('phoneIndex' in whose, (query) =>
      query
        .innerJoin('call_users', 'call_users.id', 'daily_calls.user_id')
        .where('call_users.phone_index', '=', (whose as { phoneIndex: Buffer }).phoneIndex),
    )
    .select(['daily_calls.user_id', 'daily_calls.company_id', 'daily_calls.local_date'])
    .execute();
  return rows.map((row) => ({
    userId: row.user_id,
    companyId: row.company_id,
    localDate: row.local_date,
  }));
}

/** Files an event per day, within the transaction that makes it true; see `insertApiEvent`. */
export async function insertDayEvents(
  trx: Kysely<Database>,
  vault: Pick<Vault, 'seal'>,
  days: DayNews[],
  context: { requestId: string; traceParent: string },
  sweepAfterMs: number,
): Promise<InboxEvent[]> {
  const events: InboxEvent[] = [];
  for (let first = 0; first < days.length; first += EVENTS_PER_INSERT) {
    const rows = days.slice(first, first + EVENTS_PER_INSERT).map(({ dueAt, ...day }) => ({
      source: 'api',
      event_key: `daily-call:${randomUUID()}`,
      event_type: dueAt ? 'daily-call.due' : 'daily-call.changed',
      entity: dailyCallWorkflowId(day.userId, day.localDate),
      company_id: day.companyId,
      body_sealed: vault.seal('inbox', JSON.stringify(dueAt ? { ...day, dueAt } : day)),
      last_error: null,
      request_id: context.requestId,
      trace_parent: context.traceParent,
      next_attempt_at: sql<Date>`now() + ${sweepAfterMs} * interval '1 millisecond'`,
      done_at: null,
    }));
    const stored = await trx
      .insertInto('inbox_events')
      .values(rows)
      .returning(['id', 'event_type', 'entity', 'company_id'])
      .execute();
    events.push(
      ...stored.map((row) => ({
        id: row.id,
        source: 'api',
        eventType: row.event_type,
        entity: row.entity as string,
        companyId: row.company_id,
        ...context,
      })),
    );
  }
  return events;
}
