import { callProviders } from '../../../shared/daily-calls/providers.ts';
import type { AttemptStatus, CallEnding } from '../../../shared/daily-calls/vocabulary.ts';
import type { LedgerEntry } from '../../../shared/emulator.ts';
import { openRuns } from '../books.ts';
import type { FaultStack } from '../fault-stack.ts';
import type { DueUser } from './due-user.ts';

/** What the three books say. */
export interface DailyBooks {
  users: DueUser[];
  days: DayRow[];
  attempts: AttemptRow[];
  openReviews: { workflow_id: string; question: Record<string, unknown> }[];
  openEffects: { key: string; operation: string; status: string; attempts: number }[];
  inboxLeft: { event_key: string; status: string; last_error: string | null }[];
  failedRuns: { workflow_id: string; last_error: string }[];
  /** Ids of days' runs that have not ended. */
  openRuns: string[];
  /** What the providers executed, in order. */
  dials: Dial[];
}

export interface DayRow {
  user_id: string;
  local_date: string;
  status: 'open' | 'ended';
  outcome: CallEnding | null;
  reason: string | null;
}

export interface AttemptRow {
  id: string;
  user_id: string;
  number: number;
  status: AttemptStatus;
  ended_reason: string | null;
}

/** A call that a provider has placed. */
export interface Dial {
  provider: string;
  /** Our attempt as the provider was told. */
  attemptId: string | null;
  phone: string;
  at: Date;
  /** When the first report of its end was accepted; null: none was. */
  reportedAt: Date | null;
}

export async function readDailyBooks(
  { db, control, temporal }: FaultStack,
  users: DueUser[],
): Promise<DailyBooks> {
  const dials = await Promise.all(callProviders.map((provider) => readDials(control, provider)));
  return {
    users,
    dials: dials.flat().sort((a, b) => a.at.getTime() - b.at.getTime()),
    days: await db
      .selectFrom('daily_calls')
      .select(['user_id', 'local_date', 'status', 'outcome', 'reason'])
      .execute(),
    attempts: await db
      .selectFrom('call_attempts')
      .select(['id', 'user_id', 'number', 'status', 'ended_reason'])
      .orderBy('number')
      .execute(),
    openReviews: await db
      .selectFrom('reviews')
      .where('status', '=', 'open')
      .select(['workflow_id', 'question'])
      .execute(),
    openEffects: await db
      .selectFrom('effects')
      .where('status', 'in', ['intent', 'retry'])
      .select(['key', 'operation', 'status', 'attempts'])
      .execute(),
    inboxLeft: await db
      .selectFrom('inbox_events')
      .where('status', 'in', ['pending', 'failed'])
      .select(['event_key', 'status', 'last_error'])
      .execute(),
    failedRuns: await db.selectFrom('failed_runs').select(['workflow_id', 'last_error']).execute(),
    openRuns: await openRuns(temporal, 'WorkflowType = "dailyCall"'),
  };
}

async function readDials(control: FaultStack['control'], provider: string): Promise<Dial[]> {
  const [created, delivered] = await Promise.all([
    control.ledger(provider, 'calls.create'),
    control.ledger(provider, 'webhooks.deliver'),
  ]);
  const reportedAt = new Map<string, Date>();
  for (const { key, at, status } of delivered) {
    const [event, callId] = key?.split(/:(?=[^:]*$)/) ?? [];
    if (!callId || !ends.has(event ?? '') || status < 200 || status > 299) continue;
    if (!reportedAt.has(callId)) reportedAt.set(callId, new Date(at));
  }
  return created.map((entry) => ({
    provider,
    attemptId: entry.key,
    phone: phoneOf(entry.request),
    at: new Date(entry.at),
    reportedAt: reportedAt.get(callIdOf(entry.response)) ?? null,
  }));
}

const ends = new Set(['call_ended', 'end-of-call-report']);

function phoneOf(request: LedgerEntry['request']): string {
  const { to_number, customer } = request as { to_number?: string; customer?: { number: string } };
  return to_number ?? customer?.number ?? 'none';
}

function callIdOf(response: LedgerEntry['response']): string {
  const { call_sid, call_id, id } = response as { call_sid?: string; call_id?: string; id?: string };
  return call_sid ?? call_id ?? id ?? 'none';
}
