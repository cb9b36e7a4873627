import type { Kysely } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Vault } from '../../../platform/vault.ts';
import type { Database } from '../../tables/database.ts';

/** A call and its company as the reading of the wish needs them, opened. */
export async function readCallForWish(db: Kysely<Database>, vault: Vault, callId: string) {
  const row = await db
    .selectFrom('calls')
    .innerJoin('person_keys', 'person_keys.id', 'calls.person_id')
    .innerJoin('companies', 'companies.id', 'calls.company_id')
    .where('calls.id', '=', callId)
    .select([
      'calls.company_id',
      'calls.customer_id',
      'calls.started_at',
      'calls.created_at',
      'calls.transcript_sealed',
      'calls.analysis_sealed',
      'person_keys.wrapped_key',
      'companies.name as company_name',
      'companies.time_zone',
    ])
    .select((call) => [
      jsonArrayFrom(
        call
          .selectFrom('services')
          .whereRef('services.company_id', '=', 'calls.company_id')
          .where('active', '=', true)
          .select(['services.id', 'services.slug', 'services.name', 'services.aliases'])
          .orderBy('slug'),
      ).as('services'),
      jsonArrayFrom(
        call
          .selectFrom('staff')
          .whereRef('staff.company_id', '=', 'calls.company_id')
          .where('active', '=', true)
          .select(['staff.id', 'staff.name', 'staff.email'])
          .orderBy('staff.name'),
      ).as('staff'),
    ])
    .executeTakeFirst();
  if (!row) return undefined;
  const key = vault.openPersonKey(row.wrapped_key);
  const open = (field: string, sealed: Buffer | null) => (sealed ? key.open(`calls.${field}`, sealed) : null);
  return {
    companyId: row.company_id,
    companyName: row.company_name,
    timeZone: row.time_zone,
    customerId: row.customer_id,
    calledAt: row.started_at ?? row.created_at,
    transcript: open('transcript', row.transcript_sealed),
    analysis: open('analysis', row.analysis_sealed),
    services: row.services,
    staff: row.staff,
    seal: (wish: string) => key.seal('calls.wish', wish),
  };
}

export type CallForWish = NonNullable<Awaited<ReturnType<typeof readCallForWish>>>;

export async function saveWish(db: Kysely<Database>, callId: string, sealed: Buffer): Promise<void> {
  await db.updateTable('calls').set({ wish_sealed: sealed }).where('id', '=', callId).execute();
}

/**
 * The end of a call's story, written by one run. That run may write it again: a workflow task that is
 * thrown away (a signal came in) is worked through a second time.
 */
export async function settleCall(
  db: Kysely<Database>,
  callId: string,
  outcome: string,
  detail: Record<string, unknown>,
  runId: string,
): Promise<void> {
  await db
    .updateTable('calls')
    .set({
      outcome,
      outcome_detail: JSON.stringify(detail),
      settled_at: new Date(),
      settled_by: runId,
      updated_at: new Date(),
    })
    .where('id', '=', callId)
    .where((where) => where.or([where('settled_at', 'is', null), where('settled_by', '=', runId)]))
    .execute();
}
