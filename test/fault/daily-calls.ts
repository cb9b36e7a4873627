import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { readEnv } from '../../platform/env.ts';
import { applySchedules, scheduleSettings } from '../../platform/schedules.ts';
import { type Log, silentLog } from '../../scripts/stack/log.ts';
import { waitUntil } from '../../scripts/stack/wait-until.ts';
import { callProviders } from '../../shared/daily-calls/providers.ts';
import { taskQueues } from '../../shared/task-queues.ts';
import { callSweepSchedule } from '../../workflows/daily-calls/call-sweep/schedule.ts';
import { faultCompany } from './companies.ts';
import { type DailyBooks, readDailyBooks } from './daily-calls/books.ts';
import { compareDailyBooks, type DailyVerdict } from './daily-calls/compare.ts';
import { CALL_MAX_MS, type Company, type DueUser, LEGAL_HOURS } from './daily-calls/due-user.ts';
import { agentSettings, fillInProviders, fillInUsers } from './daily-calls/fill-in.ts';
import { dailyReport } from './daily-calls/report.ts';
import { drawUsers } from './daily-calls/world.ts';
import { type FaultStack, startFaultStack } from './fault-stack.ts';
import type { Mutant } from './mutants.ts';
import { seededRandom } from './random.ts';
import type { Report } from './report.ts';
import { startFleet, type WorkerFleet } from './worker-fleet.ts';

export interface DailyCallsOptions {
  users: number;
  seed: number;
  mutant?: Mutant | null;
  workers?: number;
  /** Kills stop after so many; by default they go on until every day has ended. */
  maxKills?: number;
  /** 0..1: how many calls are placed but never acknowledged. */
  faultRate?: number;
  callsAtOnce?: number;
  /** Users whose call is due in the same minute; a machine that cannot keep up calls later. */
  usersPerMinute?: number;
  /** The disturbance ends when all days have ended, or after this. */
  limitMs?: number;
  /** What is under way when the disturbance ends has this long to come to its end. */
  drainMs?: number;
  durable?: boolean;
  log?: Log;
  signal?: AbortSignal;
  say?: (text: string) => void;
}

/** Each kill takes what one of them was at: of many, little. */
const WORKERS = 6;
const COMPANIES = 4;
const MACHINE_SLOTS = 40;
/** Of the first company: so few that its users stand in line. */
const FEW_LINES = 3;
const SWEEP_EVERY_MS = 2_000;
const MINUTE_MS = 60_000;
const LOOK_MS = 500;
const DRAIN_LOOK_MS = 2_000;
const PROGRESS_MS = 5_000;
/** One provider is down while windows end: what was about to be dialled then must not be dialled after. */
const OUTAGE = { vendor: 'retell', fromMs: -20_000, toMs: 8_000 } as const;

/**
 * People in many zones whose call is due in these minutes, while workers are killed, answers and webhooks get lost,
 * doubled and mixed up, and one provider is down while windows end. Everybody is called as planned, or not at all.
 */
export async function runDailyCalls(options: DailyCallsOptions): Promise<Report> {
  const { users: count, seed, mutant = null, log = silentLog, durable = true, signal } = options;
  const { callsAtOnce = 60, usersPerMinute = 300, say = () => {} } = options;
  const companies: Company[] = Array.from({ length: COMPANIES }, (_, index) => ({
    slug: `fault-${index}`,
    callsAtOnce: index === 0 ? FEW_LINES : callsAtOnce,
  }));
  const faultStack = await startFaultStack({
    companies: companies.map((_, index) => faultCompany(index, 1)),
    limitsOf: (index) => ({ callsAtOnce: companies[index]!.callsAtOnce }),
    variables: {
      ...agentSettings,
      DAILY_CALLS_AT_ONCE: String(callsAtOnce),
      // What one worker would take of this machine by default, shared by those that stand here beside each other.
      WORKER_WORKFLOW_SLOTS: String(Math.max(2, Math.round(MACHINE_SLOTS / (options.workers ?? WORKERS)))),
      DAILY_CALL_MAX_MS: String(CALL_MAX_MS),
      DAILY_CALL_LEGAL_HOURS: `${LEGAL_HOURS.from}-${LEGAL_HOURS.to}`,
    },
    log,
    durable,
    ...(signal ? { signal } : {}),
  });
  try {
    const fleet = await startFleet(
      faultStack.stack,
      options.workers ?? WORKERS,
      taskQueues.dailyCalls,
      mutant,
      log,
    );
    // Those of the current minute are late already: a sweep that was down catches up.
    const firstDueAt = new Date(Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS);
    const dueMinutes = Math.ceil(count / usersPerMinute);
    const users = drawUsers(seededRandom(seed), { users: count, companies, firstDueAt, dueMinutes });
    await fillInProviders(faultStack, users);
    await fillInUsers(faultStack, users, new Date(firstDueAt.getTime() - 1));
    await orderFaults(faultStack, options.faultRate ?? 0.1, seed);
    await waitUntil('a worker', async () => fleet.ready > 0, 120_000, signal);
    say(`${count} users are planned; the sweeps begin`);
    const { temporal } = faultStack;
    const settings = { ...scheduleSettings(readEnv({})), dailyCallsSweepMs: SWEEP_EVERY_MS };
    await applySchedules(temporal, [callSweepSchedule], settings);
    const outageAt = firstDueAt.getTime() + Math.ceil(dueMinutes / 2 + 1) * MINUTE_MS;
    return await disturbAndCompare({ ...options, callsAtOnce }, faultStack, fleet, users, outageAt);
  } finally {
    await faultStack.stop();
  }
}

/** Every kind of loss and disorder at every provider, each with its own chances. */
async function orderFaults({ control }: FaultStack, rate: number, seed: number): Promise<void> {
  for (const [index, vendor] of callProviders.entries()) {
    const chance = (offset: number) => ({ rate, seed: seed * 100 + index * 10 + offset });
    const [create, report] = ['calls.create', 'webhooks.deliver'];
    await control.addFault({ vendor, operation: create, mode: 'executed-then-drop', ...chance(1) });
    await control.addFault({ vendor, operation: report, mode: 'duplicate', ...chance(2) });
    await control.addFault({ vendor, operation: report, mode: 'reorder', ...chance(3) });
  }
}

async function disturbAndCompare(
  options: DailyCallsOptions & { callsAtOnce: number },
  faultStack: FaultStack,
  fleet: WorkerFleet,
  users: DueUser[],
  outageAt: number,
): Promise<Report> {
  const { seed, limitMs = 1_800_000, drainMs = 180_000, say = () => {}, callsAtOnce } = options;
  const disturbance = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, disturbance.signal]) : disturbance.signal;
  const startedAt = Date.now();
  const seconds = () => ((Date.now() - startedAt) / 1_000).toFixed(0);
  const due = users.filter(({ expected }) => expected !== 'not-in-this-run').length;

  const killing = fleet.killForever(seededRandom(seed), signal, options.maxKills);
  const outage = interrupt(faultStack, outageAt, signal);
  let settled = 0;
  let saidAt = 0;
  while (settled < due && Date.now() - startedAt < limitMs) {
    await Promise.race([delay(LOOK_MS), faultStack.stack.failed.then(raise)]);
    options.signal?.throwIfAborted();
    settled = await countSettled(faultStack);
    if (Date.now() - saidAt < PROGRESS_MS) continue;
    saidAt = Date.now();
    say(`${seconds()} s: ${settled} of ${due} days settled, ${fleet.kills} workers killed`);
  }
  const disturbedMs = Date.now() - startedAt;
  const { kills } = fleet;
  const faults = await faultStack.control.faults();
  disturbance.abort();
  await Promise.all([killing, outage]);
  await faultStack.control.heal();
  say(`${seconds()} s: ${settled} settled; the disturbance is over, the rest may come to its end`);

  const { books, verdict, drainedMs } = await drain(faultStack, users, callsAtOnce, drainMs, options.signal);
  return dailyReport(books, verdict, {
    kills,
    faults,
    disturbedMs,
    drainedMs,
    callsAtOnce,
    sweptFrom: new Date(startedAt),
  });
}

/** Days that have ended or wait for a person. */
async function countSettled({ db }: FaultStack): Promise<number> {
  const { rows } = await sql<{ count: string }>`
    SELECT count(*) FROM daily_calls d WHERE status = 'ended' OR EXISTS (
      SELECT FROM reviews r WHERE r.status = 'open' AND r.entity = d.user_id || '/' || d.local_date)`.execute(
    db,
  );
  return Number(rows[0]!.count);
}

/** One provider refuses everything for a while. */
async function interrupt({ control }: FaultStack, aroundMs: number, signal: AbortSignal): Promise<void> {
  const until = (ms: number) => delay(Math.max(0, ms - Date.now()), undefined, { signal });
  try {
    await until(aroundMs + OUTAGE.fromMs);
    const { vendor } = OUTAGE;
    const fault = await control.addFault({ vendor, operation: 'calls.create', mode: 'status', status: 503 });
    await until(aroundMs + OUTAGE.toMs);
    await control.heal(fault);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Compares until nothing is open any more; what is still open at the end is forgotten or stuck. */
async function drain(
  faultStack: FaultStack,
  users: DueUser[],
  callsAtOnce: number,
  limitMs: number,
  signal?: AbortSignal,
): Promise<{ books: DailyBooks; verdict: DailyVerdict; drainedMs: number }> {
  const startedAt = Date.now();
  for (;;) {
    signal?.throwIfAborted();
    const books = await readDailyBooks(faultStack, users);
    const verdict = compareDailyBooks(books, callsAtOnce);
    const drainedMs = Date.now() - startedAt;
    const { forgotten, wrong, stuck, ...done } = verdict;
    // What was done once too often stays so; only the rest can still turn out well.
    const open = forgotten.length + wrong.length + stuck.length > 0;
    const hopeless = Object.values(done).some((offences) => offences.length > 0);
    if (!open || hopeless || drainedMs > limitMs) return { books, verdict, drainedMs };
    await delay(DRAIN_LOOK_MS);
  }
}

function raise(error: Error): never {
  throw error;
}
