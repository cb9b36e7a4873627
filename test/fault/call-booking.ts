import { setTimeout as delay } from 'node:timers/promises';
import { type Log, silentLog } from '../../scripts/stack/log.ts';
import { waitUntil } from '../../scripts/stack/wait-until.ts';
import { taskQueues } from '../../shared/task-queues.ts';
import { type Books, readBooks } from './books.ts';
import { type Caller, callersWithOwnSlots, playCalls } from './callers.ts';
import { faultCompany } from './companies.ts';
import { compareBooks, isClean, type Verdict } from './compare.ts';
import { type FaultStack, startFaultStack } from './fault-stack.ts';
import type { Mutant } from './mutants.ts';
import { seededRandom } from './random.ts';
import { startFleet, type WorkerFleet } from './worker-fleet.ts';

export interface CallBookingOptions {
  chains: number;
  seed: number;
  mutant?: Mutant | null;
  /** Calls played per second. */
  perSecond?: number;
  workers?: number;
  /** Kills stop after so many; by default they go on until every call is settled. */
  maxKills?: number;
  /** 0..1: how many provider calls are executed but never answered. */
  faultRate?: number;
  /** The disturbance ends when all calls are settled, or after this. */
  limitMs?: number;
  /** What is under way when the disturbance ends has this long to come to its end. */
  drainMs?: number;
  durable?: boolean;
  log?: Log;
  signal?: AbortSignal;
  say?: (text: string) => void;
}

export interface RunOutcome {
  verdict: Verdict;
  books: Books;
  facts: Record<string, string | number>;
}

const CALLS_PER_COMPANY = 100;
const STAFF = 2;
/** Calls that are open at once; a slow machine plays slower instead of choking. */
const MAX_OPEN = 40;
const LOOK_MS = 500;
const PROGRESS_MS = 5_000;

/** Provider operations that are executed but never answered. */
const disturbed = [
  ['calcom', 'bookings.create'],
  ['calcom', 'slots.reserve'],
  ['smtp', 'mail.deliver'],
  ['twilio', 'messages.create'],
] as const;

/**
 * Inbound calls, each with a caller and a slot of its own, while workers are killed and provider answers get
 * lost. Every call must end booked, with one booking, one mail and one SMS, or in front of a person.
 */
export async function runCallBooking(options: CallBookingOptions): Promise<RunOutcome> {
  const { chains, seed, mutant = null, log = silentLog, durable = true, signal } = options;
  const companies = Array.from({ length: Math.ceil(chains / CALLS_PER_COMPANY) }, (_, index) =>
    faultCompany(index, STAFF),
  );
  const faultStack = await startFaultStack({ companies, log, durable, ...(signal ? { signal } : {}) });
  try {
    const fleet = await startFleet(faultStack.stack, options.workers ?? 3, taskQueues.phoneDesk, mutant, log);
    await orderFaults(faultStack, options.faultRate ?? 0.1, seed);
    await waitUntil('a worker', async () => fleet.ready > 0, 120_000, signal);
    return await disturbAndCompare(options, faultStack, fleet, callersWithOwnSlots(companies, chains));
  } finally {
    await faultStack.stop();
  }
}

async function orderFaults({ control }: FaultStack, rate: number, seed: number): Promise<void> {
  for (const [index, [vendor, operation]] of disturbed.entries()) {
    await control.addFault({ vendor, operation, mode: 'executed-then-drop', rate, seed: seed * 10 + index });
  }
}

async function disturbAndCompare(
  options: CallBookingOptions,
  faultStack: FaultStack,
  fleet: WorkerFleet,
  callers: Caller[],
): Promise<RunOutcome> {
  const { chains, seed, limitMs = 600_000, drainMs = 180_000, say = () => {} } = options;
  const played = new Map<string, Caller>();
  const disturbance = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, disturbance.signal]) : disturbance.signal;
  const startedAt = Date.now();
  const seconds = () => ((Date.now() - startedAt) / 1_000).toFixed(0);

  const killing = fleet.killForever(seededRandom(seed), signal, options.maxKills);
  let done = 0;
  const isFull = (asked: number) => asked - done >= MAX_OPEN;
  const playing = playCalls(faultStack.addresses, callers, options.perSecond ?? 5, played, signal, isFull);
  // An end of the disturbance in the middle of playing is told by the books: fewer calls were played.
  playing.catch(() => {});
  const settled = async () => {
    const row = await faultStack.db
      .selectFrom('calls')
      .where('settled_at', 'is not', null)
      .select((eb) => eb.fn.countAll<string>().as('count'))
      .executeTakeFirstOrThrow();
    return Number(row.count);
  };
  let saidAt = 0;
  while (done < chains && Date.now() - startedAt < limitMs) {
    await Promise.race([delay(LOOK_MS), faultStack.stack.failed.then(raise)]);
    options.signal?.throwIfAborted();
    done = await settled();
    if (Date.now() - saidAt < PROGRESS_MS) continue;
    saidAt = Date.now();
    say(`${seconds()} s: ${played.size} played, ${done} settled, ${fleet.kills} workers killed`);
  }
  const kills = fleet.kills;
  const faults = await faultStack.control.faults();
  disturbance.abort();
  await killing;
  await playing.catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  await faultStack.control.heal();
  say(`${seconds()} s: ${done} settled; the disturbance is over, the rest may come to its end`);

  const compared = await drain(faultStack, [...played.keys()], drainMs, options.signal);
  if (played.size < chains) {
    const why = 'the limit came before they were played';
    compared.verdict.stuck.push({ what: `${chains - played.size} calls`, why });
  }
  const facts = {
    'calls asked for': chains,
    'workers killed': kills,
    ...Object.fromEntries(faults.map(({ plan, hits }) => [`unanswered ${plan.operation}`, hits])),
    'disturbed for': `${((Date.now() - startedAt - compared.drainedMs) / 1_000).toFixed(1)} s`,
    'rest came to its end in': `${(compared.drainedMs / 1_000).toFixed(1)} s`,
  };
  return { ...compared, facts };
}

/** Compares until nothing is open any more; what is still open at the end is stuck. */
async function drain(
  faultStack: FaultStack,
  played: string[],
  limitMs: number,
  signal?: AbortSignal,
): Promise<{ books: Books; verdict: Verdict; drainedMs: number }> {
  const startedAt = Date.now();
  for (;;) {
    signal?.throwIfAborted();
    const books = await readBooks(faultStack, played);
    const verdict = compareBooks(books, (outcome) => outcome === 'booked');
    const drainedMs = Date.now() - startedAt;
    // What was done twice stays done twice; only the rest can still turn out well.
    const mayImprove = !isClean(verdict) && verdict.repeated.length === 0;
    if (!mayImprove || drainedMs > limitMs) return { books, verdict, drainedMs };
    await delay(LOOK_MS);
  }
}

function raise(error: Error): never {
  throw error;
}
