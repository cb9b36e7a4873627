import { type Kysely, sql } from 'kysely';
import type { Vault } from '../../platform/vault.ts';
import { openerOf } from '../sealed.ts';
import type { Database } from '../tables/database.ts';
import type { ErasureScope } from './erasure-scope.ts';

/** Shorter ones would be found in what has nothing to do with the person. */
const SHORTEST = 6;

/** By what a person can be recognised in a body: numbers, addresses, vendors' ids. */
async function traits(trx: Kysely<Database>, vault: Vault, scope: ErasureScope): Promise<string[]> {
  const { rows } = await sql<{ wrapped: Buffer; table: string; phone: Buffer | null; email: Buffer | null }>`
    SELECT k.wrapped_key AS wrapped, 'customers' AS table, phone_sealed AS phone, email_sealed AS email
      FROM customers JOIN person_keys k ON k.id = person_id WHERE customers.id = ANY(${scope.customerIds}::uuid[])
    UNION ALL SELECT k.wrapped_key, 'call_users', phone_sealed, email_sealed
      FROM call_users JOIN person_keys k ON k.id = person_id WHERE call_users.id = ANY(${scope.userIds}::uuid[])`.execute(
    trx,
  );
  const known = rows.flatMap(({ wrapped, table, phone, email }) => {
    const open = openerOf(vault, wrapped);
    // Without its plus sign, which is written in more than one way.
    return [open(`${table}.phone`, phone)?.slice(1) ?? null, open(`${table}.email`, email)];
  });
  return [
    ...known,
    ...scope.calls.map(({ vendorCallId }) => vendorCallId),
    ...scope.attempts.map(({ providerCallId }) => providerCallId),
    ...scope.bookingUids,
  ].filter((trait): trait is string => trait !== null && trait.length >= SHORTEST);
}

/**
 * Empties events that no row leads to: those that could not be read when they came, reports on mails that are not about
 * an appointment, bookings in the company's calendar that never became one here. They are few, so each is opened and
 * searched. Returns how many were this person's.
 */
export async function scrubUnreadableEvents(
  trx: Kysely<Database>,
  vault: Vault,
  scope: ErasureScope,
): Promise<number> {
  const wanted = await traits(trx, vault, scope);
  if (wanted.length === 0) return 0;
  const events = await trx
    .selectFrom('inbox_events')
    .where(sql<boolean>`(entity IS NULL AND about IS NULL AND source <> 'stripe'
      OR source = 'calcom' AND company_id = ${scope.companyId} AND status <> 'pending' AND NOT EXISTS (
        SELECT FROM appointments a WHERE a.company_id = inbox_events.company_id
          AND a.calcom_booking_uid = split_part(coalesce(entity, about), '/', 3)))`)
    .where(sql<boolean>`octet_length(body_sealed) > 0`)
    .select(['id', 'body_sealed'])
    .execute();
  const theirs = events
    .filter(({ body_sealed }) => {
      const body = vault.open('inbox', body_sealed).toString();
      return wanted.some((trait) => body.includes(trait));
    })
    .map(({ id }) => id);
  if (theirs.length === 0) return 0;
  await trx
    .updateTable('inbox_events')
    .set({ body_sealed: Buffer.alloc(0) })
    .where('id', 'in', theirs)
    .execute();
  return theirs.length;
}
