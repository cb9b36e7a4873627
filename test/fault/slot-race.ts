import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { calendarAccount } from '../../db/seed/calendar-account.ts';
import { silentLog } from '../../scripts/stack/log.ts';
import { waitUntil } from '../../scripts/stack/wait-until.ts';
import { taskQueues } from '../../shared/task-queues.ts';
import { readBooks } from './books.ts';
import type { CallBookingOptions, RunOutcome } from './call-booking.ts';
import { type Caller, playCalls } from './callers.ts';
import { faultCompany } from './companies.ts';
import { compareBooks, isClean, type Offence } from './compare.ts';
import { type FaultStack, startFaultStack } from './fault-stack.ts';
import { startFleet } from './worker-fleet.ts';

export interface SlotRaceOptions
  extends Pick<CallBookingOptions, 'mutant' | 'durable' | 'log' | 'signal' | 'say' | 'workers'> {
  callers?: number;
  /** Staff members who are all free at the one time that everybody asks for. */
  slots?: number;
  limitMs?: number;
}

/**
 * More callers than slots ask for the same time at once. Every slot is booked exactly once, and every caller
 * who goes without is offered other times.
 */
export async function runSlotRace(options: SlotRaceOptions = {}): Promise<RunOutcome> {
  const { callers = 50, slots = 40, workers = 2, mutant = null, durable = true, signal } = options;
  const log = options.log ?? silentLog;
  const company = faultCompany(0, slots);
  const faultStack = await startFaultStack({
    companies: [company],
    log,
    durable,
    ...(signal ? { signal } : {}),
  });
  try {
    if (mutant === 'no-exclusion') await dropExclusion(faultStack, company);
    const fleet = await startFleet(faultStack.stack, workers, taskQueues.phoneDesk, mutant, log, 0);
    await waitUntil('the workers', async () => fleet.ready === workers, 120_000, signal);
    const deadline = Date.now() + (options.limitMs ?? 120_000);

    const asking: Caller[] = Array.from({ length: callers }, (_, number) => ({ company, slot: 0, number }));
    const startedAt = Date.now();
    const played = new Map<string, Caller>();
    const never = new AbortController().signal;
    await playCalls(faultStack.addresses, asking, Number.POSITIVE_INFINITY, played, signal ?? never);
    for (;;) {
      signal?.throwIfAborted();
      const outcome = await judge(faultStack, [...played.keys()], slots);
      const settled = outcome.books.calls.filter((call) => call.outcome !== null).length;
      options.say?.(`${((Date.now() - startedAt) / 1_000).toFixed(0)} s: ${settled} of ${callers} answered`);
      const over = settled === callers && outcome.verdict.stuck.length === 0;
      if (over || isClean(outcome.verdict) || Date.now() > deadline) {
        const seconds = ((Date.now() - startedAt) / 1_000).toFixed(1);
        return { ...outcome, facts: { ...outcome.facts, 'answered within': `${seconds} s` } };
      }
      await delay(500);
    }
  } finally {
    await faultStack.stop();
  }
}

async function judge(faultStack: FaultStack, played: string[], slots: number): Promise<RunOutcome> {
  const books = await readBooks(faultStack, played);
  const verdict = compareBooks(
    books,
    (outcome, detail) =>
      outcome === 'booked' ||
      (outcome === 'alternatives-offered' &&
        Array.isArray(detail?.alternatives) &&
        detail.alternatives.length > 0),
  );
  const booked = books.appointments.filter(({ status }) => status === 'booked').length;
  const standing = books.bookings.filter(({ cancelled }) => !cancelled).length;
  const settled = books.calls.filter(({ outcome }) => outcome !== null).length;
  if (settled === played.length && (booked !== slots || standing !== slots)) {
    const why = `${booked} in the database and ${standing} at Cal.com`;
    verdict[booked < slots ? 'lost' : 'repeated'].push({ what: `${slots} slots`, why });
  }
  verdict.repeated.push(...(await overlaps(faultStack)));
  const offered = books.calls.filter(({ outcome }) => outcome === 'alternatives-offered').length;
  return { books, verdict, facts: { 'slots booked': booked, 'alternatives offered': offered } };
}

/** Appointments of one person that overlap. */
async function overlaps({ db }: FaultStack): Promise<Offence[]> {
  const { rows } = await sql<{ a: string; b: string; staff: string }>`
    SELECT a.id AS a, b.id AS b, s.name AS staff FROM appointments a
    JOIN appointments b ON b.staff_id = a.staff_id AND b.id > a.id AND b.blocked && a.blocked
    JOIN staff s ON s.id = a.staff_id
    WHERE a.status = 'booked' AND b.status = 'booked'`.execute(db);
  return rows.map(({ a, b, staff }) => ({ what: staff, why: `has ${a} and ${b} at the same time` }));
}

/** The mutant: nothing in our database, and nothing at Cal.com, stops a second booking of one person. */
async function dropExclusion(
  { db, control }: FaultStack,
  company: ReturnType<typeof faultCompany>,
): Promise<void> {
  await sql`ALTER TABLE appointments DROP CONSTRAINT appointments_no_overlap`.execute(db);
  const account = calendarAccount(company, 1_000);
  const hosts = account.users.map(({ id }) => id);
  const eventTypes = account.eventTypes.map((eventType) => ({ ...eventType, hosts }));
  await control.seed({ calcom: { ...account, eventTypes } });
}
