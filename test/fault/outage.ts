import { setTimeout as delay } from 'node:timers/promises';
import { createApiKey } from '../../db/api-keys.ts';
import { defaultLimits } from '../../platform/company-settings.ts';
import { fingerprint } from '../../scripts/emulators/requests.ts';
import { type Log, silentLog } from '../../scripts/stack/log.ts';
import { waitUntil } from '../../scripts/stack/wait-until.ts';
import { taskQueues } from '../../shared/task-queues.ts';
import { callersWithOwnSlots } from './callers.ts';
import { faultCompany } from './companies.ts';
import { type FaultStack, startFaultStack } from './fault-stack.ts';
import type { Mutant } from './mutants.ts';
import { askForBookings, countEnded, readBookingBooks } from './outage/bookings.ts';
import { latencies, type Ping, pingForever, settledCalls } from './outage/bystanders.ts';
import {
  busiestWindows,
  compareBookings,
  compareLatency,
  MIN_SAMPLES,
  median,
  overLimit,
} from './outage/judge.ts';
import type { Report } from './report.ts';
import { startFleet } from './worker-fleet.ts';

export interface OutageOptions {
  /** How long the calendar answers 503. */
  minutes: number;
  /** Asked for steadily during the outage; half as many more in the time before it, at the same rate. */
  bookings: number;
  mutant?: Mutant | null;
  workers?: number;
  /** Calls to Cal.com that each company may make, the product's default without it. */
  callsPerMinute?: number;
  /** After the outage everything has this long to come to its end. */
  drainMs?: number;
  durable?: boolean;
  log?: Log;
  signal?: AbortSignal;
  say?: (text: string) => void;
}

/** A reservation and a booking, and a look-up of each where an earlier try got no good answer. */
const CALLS_PER_BOOKING = 4;
/** The limits alone let everything through in so many minutes after the outage. */
const DRAIN_MINUTES = 3;
const STAFF = 2;
const LOOK_MS = 500;
const PROGRESS_MS = 5_000;
/** Of the time before the outage, what fresh processes take to warm up. */
const WARM_UP_SHARE = 0.25;

/**
 * Bookings are asked for by API while the calendar is down. Each is booked once in the end, no company asks
 * Cal.com more often than it may while that is caught up, and what needs no calendar is as fast as before.
 */
export async function runOutage(options: OutageOptions): Promise<Report> {
  const { bookings, log = silentLog, durable = true, signal } = options;
  const perMinute = options.callsPerMinute ?? defaultLimits.apiCallsPerMinute;
  const perCompany = (defaultLimits.apiCallsPerMinute * DRAIN_MINUTES) / CALLS_PER_BOOKING;
  const companies = Array.from({ length: Math.ceil(bookings / perCompany) }, (_, index) =>
    faultCompany(index, STAFF),
  );
  const faultStack = await startFaultStack({
    companies,
    limitsOf: () => ({ apiCallsPerMinute: perMinute }),
    log,
    durable,
    ...(signal ? { signal } : {}),
  });
  try {
    const { workers = 2, mutant = null } = options;
    const fleet = await startFleet(faultStack.stack, workers, taskQueues.phoneDesk, mutant, log, 0);
    await waitUntil('the workers', async () => fleet.ready === workers, 120_000, signal);
    return await interruptAndCompare(options, faultStack, companies, perMinute);
  } finally {
    await faultStack.stop();
  }
}

async function interruptAndCompare(
  options: OutageOptions,
  faultStack: FaultStack,
  companies: ReturnType<typeof faultCompany>[],
  perMinute: number,
): Promise<Report> {
  const { bookings, drainMs = 900_000, say = () => {} } = options;
  const { control, addresses } = faultStack;
  const over = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, over.signal]) : over.signal;
  const { key } = await createApiKey(faultStack.db, { companyId: null, name: 'outage' });
  const headers = { authorization: `Bearer ${key}` };
  const calls = await settledCalls(faultStack, companies[0]!, signal);

  const outageMs = options.minutes * 60_000;
  const beforeMs = outageMs / 2;
  const perSecond = (bookings * 1_000) / outageMs;
  const callers = callersWithOwnSlots(companies, bookings + Math.round(bookings / 2));
  const startedAt = Date.now();
  const seconds = () => ((Date.now() - startedAt) / 1_000).toFixed(0);
  const pings: Ping[] = [];
  const pinging = pingForever(addresses.apiUrl, headers, calls, pings, signal);
  const asking = askForBookings(addresses.apiUrl, headers, callers, perSecond, signal);
  const failed = Promise.race([
    faultStack.stack.failed.then(raise),
    pinging.then(() => new Promise<never>(() => {})),
    asking.then(() => new Promise<never>(() => {})),
  ]);
  failed.catch(() => {});
  try {
    await Promise.race([delay(beforeMs, undefined, { signal }), failed]);
    const outageAt = Date.now();
    await control.addFault({ vendor: 'calcom', operation: '*', mode: 'status', status: 503 });
    say(`${seconds()} s: the calendar is down, ${await countEnded(faultStack)} bookings have ended`);
    await Promise.race([delay(outageMs, undefined, { signal }), failed]);
    const [fault] = await control.faults();
    await control.heal();
    const healedAt = Date.now();
    const asked = await Promise.race([asking, failed]);
    const endedInOutage = await countEnded(faultStack);
    say(`${seconds()} s: the calendar is back, ${asked.length} asked for, ${endedInOutage} have ended`);
    let ended = endedInOutage;
    let saidAt = Date.now();
    while (ended < asked.length && Date.now() - healedAt < drainMs) {
      await Promise.race([delay(LOOK_MS, undefined, { signal }), failed]);
      ended = await countEnded(faultStack);
      if (Date.now() - saidAt < PROGRESS_MS) continue;
      saidAt = Date.now();
      say(`${seconds()} s: ${ended} of ${asked.length} bookings have ended`);
    }
    const drainedAt = Date.now();
    over.abort();
    await pinging;
    await waitForReads(faultStack, pings, options.signal);
    const times = { startedAt, beforeMs, outageAt, healedAt, drainedAt, refused: fault?.hits ?? 0 };
    return await report(faultStack, asked, companies, perMinute, pings, times);
  } finally {
    over.abort();
    await Promise.allSettled([pinging, asking]);
  }
}

/** The last refreshes may still be on their way; those that stay away are told by the report. */
async function waitForReads(faultStack: FaultStack, pings: Ping[], signal?: AbortSignal): Promise<void> {
  const all = async () => (await latencies(faultStack, pings)).every(({ latencyMs }) => latencyMs !== null);
  await waitUntil('the last reads', all, 15_000, signal).catch(() => signal?.throwIfAborted());
}

interface Times {
  startedAt: number;
  beforeMs: number;
  outageAt: number;
  healedAt: number;
  drainedAt: number;
  refused: number;
}

async function report(
  faultStack: FaultStack,
  asked: string[],
  companies: ReturnType<typeof faultCompany>[],
  perMinute: number,
  pings: Ping[],
  times: Times,
): Promise<Report> {
  const books = await readBookingBooks(faultStack, asked);
  const requests = await faultStack.control.requests('calcom');
  const slugs = new Map(companies.map(({ calcomKey, slug }) => [fingerprint(`Bearer ${calcomKey}`), slug]));
  const named = requests.map(({ key, atMs }) => ({ key: slugs.get(key ?? '') ?? key, atMs }));
  const busiest = busiestWindows(named);
  const measured = await latencies(faultStack, pings);
  const since = times.startedAt + times.beforeMs * WARM_UP_SHARE;
  const took = (from: number, to: number) =>
    measured.flatMap(({ atMs, latencyMs }) =>
      atMs >= from && atMs < to && latencyMs !== null ? [latencyMs] : [],
    );
  const before = took(since, times.outageAt);
  const during = took(times.outageAt, Number.POSITIVE_INFINITY);
  const unread = measured.filter(({ latencyMs }) => latencyMs === null);
  const judged = Math.min(before.length, during.length) >= MIN_SAMPLES;
  const tell = (values: number[]) => `${median(values).toFixed(0)} ms (${values.length})`;
  return {
    rows: [
      {
        what: 'bookings',
        sentIn: asked.length,
        database: [...books.ended.values()].filter(({ outcome }) => outcome === 'booked').length,
        vendor: books.standing.length,
      },
    ],
    facts: {
      companies: companies.length,
      'calls to Cal.com': requests.length,
      'answered 503': times.refused,
      'most in 60 s, of a company': `${Math.max(0, ...busiest.values())} of ${perMinute}`,
      'drained in': `${((times.drainedAt - times.healedAt) / 1_000).toFixed(1)} s`,
      'Retell p50 before': tell(before),
      'Retell p50 in the outage': tell(took(times.outageAt, times.healedAt)),
      'Retell p50 in the drain': tell(took(times.healedAt, Number.POSITIVE_INFINITY)),
      'Retell p50 in both': `${tell(during)}${judged ? '' : ', too few to judge'}`,
    },
    withPerson: 0,
    offences: {
      ...compareBookings(books),
      'over the limit': overLimit(busiest, perMinute),
      slower: [
        ...compareLatency(before, during),
        ...unread.map(({ atMs }) => ({ what: `refresh at ${atMs - times.startedAt} ms`, why: 'never read' })),
      ],
    },
  };
}

function raise(error: Error): never {
  throw error;
}
