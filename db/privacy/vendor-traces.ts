import { type Kysely, sql } from 'kysely';
import type { Database } from '../tables/database.ts';
import type { Remains } from '../tables/privacy.ts';
import { type ErasureRoots, type ErasureScope, readScope } from './erasure-scope.ts';
import { readErasure } from './erasures.ts';

export const callDeletionKey = (vendorCallId: string) => `erasure:retell:${vendorCallId}`;

/** The person's appointments that block somebody's time. */
export async function findStandingAppointments(db: Kysely<Database>, erasureId: string) {
  const { customer_ids } = await readErasure(db, erasureId);
  if (customer_ids.length === 0) return [];
  return db
    .selectFrom('appointments')
    .where('customer_id', 'in', customer_ids)
    .where('status', 'in', ['held', 'booked'])
    .select(['id', 'status', 'starts_at'])
    .execute();
}

/** The calls of a person at Retell, inbound and daily ones. */
const retellCalls = ({ calls, attempts }: ErasureScope): string[] => [
  ...calls.filter(({ vendor }) => vendor === 'retell').map(({ vendorCallId }) => vendorCallId),
  ...attempts.flatMap(({ provider, providerCallId }) =>
    provider === 'retell' && providerCallId ? [providerCallId] : [],
  ),
];

/** What vendors can be told to forget: ids of moves, of appointments to come, of calls. */
export async function listAtVendors(db: Kysely<Database>, erasureId: string, now: Date) {
  const scope = await readScope(db, await readErasure(db, erasureId));
  const { rows } = await sql<{ id: string; moves: string[] }>`
    SELECT a.id, coalesce(array_agg(r.id) FILTER (WHERE r.kind = 'reschedule' AND r.source = 'api'), '{}') AS moves
    FROM appointments a LEFT JOIN appointment_requests r ON r.appointment_id = a.id
    WHERE a.id = ANY(${scope.appointmentIds}::uuid[])
    GROUP BY a.id HAVING greatest(a.ends_at, max(r.starts_at)) > ${now}`.execute(db);
  return {
    moves: rows.flatMap(({ moves }) => moves),
    appointments: rows.map(({ id }) => id),
    calls: retellCalls(scope),
  };
}

/** What vendors keep after all, by id; `told` are those that were told to forget and did not. */
export async function readVendorTraces(
  db: Kysely<Database>,
  roots: ErasureRoots,
): Promise<{ remains: Remains[]; deletedCalls: number; refused: boolean }> {
  const scope = await readScope(db, roots);
  const calls = retellCalls(scope);
  const done = await db
    .selectFrom('effects')
    .where('key', 'in', ['', ...calls.map(callDeletionKey)])
    .where('status', '=', 'done')
    .select('key')
    .execute();
  const deleted = new Set(done.map(({ key }) => key));
  const kept = calls.filter((id) => !deleted.has(callDeletionKey(id)));
  const uncancelled = await db
    .selectFrom('effects')
    .where('entity', 'in', ['', ...scope.appointmentIds])
    .where('operation', '=', 'bookings.cancel')
    .where('status', '<>', 'done')
    .select('key')
    .execute();
  const { rows: mails } = await sql<{ id: string }>`
    SELECT id FROM notifications
    WHERE customer_id = ANY(${scope.customerIds}::uuid[]) AND channel = 'email' AND status = 'sent'
    UNION SELECT id FROM call_notices
    WHERE attempt_id = ANY(${scope.attempts.map(({ id }) => id)}::uuid[]) AND channel = 'email' AND status = 'sent'`.execute(
    db,
  );
  const placed = (vendor: string) =>
    scope.attempts.flatMap(({ provider, providerCallId }) =>
      provider === vendor && providerCallId ? [providerCallId] : [],
    );
  const remains = [
    { vendor: 'retell', what: 'calls', ids: kept },
    { vendor: 'callkaro', what: 'calls', ids: placed('callkaro') },
    { vendor: 'vapi', what: 'calls', ids: placed('vapi') },
    { vendor: 'calcom', what: 'bookings', ids: scope.bookingUids },
    { vendor: 'smtp', what: 'mails', ids: mails.map(({ id }) => id) },
    {
      vendor: 'calcom',
      what: 'bookings that could not be cancelled',
      ids: uncancelled.map(({ key }) => key.split(':').at(-1)!),
    },
  ];
  return {
    remains: remains.filter(({ ids }) => ids.length > 0),
    deletedCalls: calls.length - kept.length,
    refused: kept.length > 0 || uncancelled.length > 0,
  };
}
