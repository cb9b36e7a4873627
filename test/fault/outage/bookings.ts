import { setTimeout as delay } from 'node:timers/promises';
import type { Caller } from '../callers.ts';
import { wishedSlot } from '../companies.ts';
import type { FaultStack } from '../fault-stack.ts';
import type { BookingBooks } from './judge.ts';

/** Every so many bookings are asked for twice with the same key, as an impatient client does. */
const REPEATED = 10;

/** Asks for the bookings at this rate; returns the ids of the accepted ones. */
export async function askForBookings(
  apiUrl: string,
  headers: Record<string, string>,
  callers: Caller[],
  perSecond: number,
  signal: AbortSignal,
): Promise<string[]> {
  const startedAt = Date.now();
  const asking: Promise<string>[] = [];
  for (const [index, caller] of callers.entries()) {
    const waitMs = startedAt + (index * 1_000) / perSecond - Date.now();
    if (waitMs > 0) await delay(waitMs, undefined, { signal });
    asking.push(ask(apiUrl, headers, caller));
    if (index % REPEATED === 0) asking.push(ask(apiUrl, headers, caller));
  }
  return [...new Set(await Promise.all(asking))];
}

async function ask(apiUrl: string, headers: Record<string, string>, caller: Caller): Promise<string> {
  const { company, slot, number } = caller;
  const response = await fetch(`${apiUrl}/api/bookings?company=${company.slug}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': `outage-${number}` },
    body: JSON.stringify({
      service: 'consultation',
      ...wishedSlot(slot),
      customer: {
        phone: `+4915120${String(100_000 + number)}`,
        name: `Caller ${number}`,
        email: `caller${number}@callers.example`,
      },
    }),
  });
  if (response.status !== 202) throw new Error(`A booking was refused: ${await response.text()}`);
  return ((await response.json()) as { appointmentId: string }).appointmentId;
}

export async function readBookingBooks({ db, control }: FaultStack, asked: string[]): Promise<BookingBooks> {
  const [rows, creates, cancels] = await Promise.all([
    db
      .selectFrom('booking_requests as r')
      .leftJoin('appointments as a', 'a.id', 'r.appointment_id')
      .select(['r.appointment_id as id', 'r.status as outcome', 'a.status', 'a.calcom_booking_uid as uid'])
      .execute(),
    control.ledger('calcom', 'bookings.create'),
    control.ledger('calcom', 'bookings.cancel'),
  ]);
  const cancelled = new Set(cancels.map(({ request }) => (request as { uid: string }).uid));
  const made = creates.map(({ request, response }) => ({
    appointmentId: (request as { metadata: { appointmentId: string } }).metadata.appointmentId,
    uid: (response as { data: { uid: string } }).data.uid,
  }));
  return {
    asked,
    ended: new Map(rows.map(({ id, outcome, status, uid }) => [id, { outcome, status, uid }])),
    standing: made.filter(({ uid }) => !cancelled.has(uid)),
  };
}

/** Bookings that have ended, however. */
export async function countEnded({ db }: FaultStack): Promise<number> {
  const { count } = await db
    .selectFrom('booking_requests')
    .where('finished_at', 'is not', null)
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}
