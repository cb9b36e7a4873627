import { type Kysely, sql, type Transaction } from 'kysely';
import type { Vault } from '../../../platform/vault.ts';
import { hasBody } from '../../inbox-body.ts';
import type { Database } from '../../tables/database.ts';
import type { CallStatus } from '../../tables/people.ts';
import type { CustomerRef } from '../people.ts';

type Executor = Kysely<Database> | Transaction<Database>;

export interface CallEvent {
  eventType: string;
  body: Buffer;
}

/** Everything that came in about one call and is still kept, oldest first, opened. */
export async function readCallEvents(db: Executor, vault: Vault, entity: string): Promise<CallEvent[]> {
  const rows = await db
    .selectFrom('inbox_events')
    .where('entity', '=', entity)
    .where(hasBody)
    .select(['event_type', 'body_sealed'])
    .orderBy('id')
    .execute();
  return rows.map((row) => ({ eventType: row.event_type, body: vault.open('inbox', row.body_sealed) }));
}

/**
 * Files what the provider said when asked, beside what it sent by itself. A second copy changes nothing; of a person who
 * was erased nothing is filed.
 */
export async function fileFetchedCall(
  db: Executor,
  vault: Vault,
  event: { source: string; entity: string; eventKey: string; body: Buffer },
): Promise<void> {
  const { source, entity, eventKey, body } = event;
  await sql`
    INSERT INTO inbox_events (source, event_key, event_type, entity, body_sealed, status, request_id, done_at)
    SELECT ${source}, ${eventKey}, 'call_fetched', ${entity}, ${vault.seal('inbox', body)}, 'done', ${eventKey}, now()
    WHERE NOT EXISTS (SELECT FROM erased_entities WHERE entity = ${entity})
    ON CONFLICT (source, event_key) DO NOTHING`.execute(db);
}

/** The company that an agent or a number belongs to. */
export function findCompanyByLine(db: Executor, agentId: string | null, toNumber: string | null) {
  return db
    .selectFrom('phone_lines')
    .innerJoin('companies', 'companies.id', 'phone_lines.company_id')
    .where((where) =>
      where.or([where('agent_id', '=', agentId ?? ''), where('number_e164', '=', toNumber ?? '')]),
    )
    .selectAll('companies')
    .executeTakeFirst();
}

/** What is known of a call; texts are plain here and sealed on the way in. */
export interface CallFacts {
  companyId: string;
  customer: CustomerRef;
  vendor: string;
  vendorCallId: string;
  agentId: string;
  direction: string;
  status: CallStatus;
  disconnectionReason: string | null;
  startedAt: Date | null;
  endedAt: Date | null;
  durationMs: number | null;
  fromNumber: string | null;
  transcript: string | null;
  analysis: string | null;
  recordingUrl: string | null;
  /** When a new call is to be read at the provider once more; null: never by itself. */
  refreshDueAt: Date | null;
}

/** What an earlier run has written about a call. */
export interface SavedCall {
  id: string;
  outcome: string | null;
  settled_by: string | null;
}

/** The call belongs to a person who was erased: nothing more is kept of it. */
export class CallErasedError extends Error {
  override readonly name = 'CallErasedError';
}

/** How the call of a person who was erased stands. */
export function findErasedCall(
  db: Executor,
  vendor: string,
  vendorCallId: string,
): Promise<(SavedCall & { company_id: string }) | undefined> {
  return db
    .selectFrom('calls')
    .where('vendor', '=', vendor)
    .where('vendor_call_id', '=', vendorCallId)
    .where('erased_at', 'is not', null)
    .select(['id', 'company_id', 'outcome', 'settled_by'])
    .executeTakeFirst();
}

/**
 * Writes the call as now known; the latest fold of all its events replaces the earlier one. Throws `CallErasedError`,
 * which must end the transaction: whoever it was must not become somebody anew.
 */
export async function saveCall(db: Executor, facts: CallFacts): Promise<SavedCall> {
  const { customerId, personId, key } = facts.customer;
  const seal = (field: string, value: string | null) => (value ? key.seal(`calls.${field}`, value) : null);
  const known = {
    person_id: personId,
    customer_id: customerId,
    status: facts.status,
    direction: facts.direction,
    disconnection_reason: facts.disconnectionReason,
    started_at: facts.startedAt,
    ended_at: facts.endedAt,
    duration_ms: facts.durationMs,
    from_number_sealed: seal('from_number', facts.fromNumber),
    transcript_sealed: seal('transcript', facts.transcript),
    analysis_sealed: seal('analysis', facts.analysis),
    recording_url_sealed: seal('recording_url', facts.recordingUrl),
  };
  const saved = await db
    .insertInto('calls')
    .values({
      ...known,
      company_id: facts.companyId,
      vendor: facts.vendor,
      vendor_call_id: facts.vendorCallId,
      agent_id: facts.agentId,
      refresh_due_at: facts.refreshDueAt,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['vendor', 'vendor_call_id'])
        .doUpdateSet({ ...known, updated_at: new Date() })
        .where('calls.erased_at', 'is', null),
    )
    .returning(['id', 'outcome', 'settled_by'])
    .executeTakeFirst();
  if (!saved) throw new CallErasedError('the person was erased');
  return saved;
}

/** The customer that an earlier event of this call led to. */
export async function findCustomerOfCall(
  db: Executor,
  vault: Vault,
  vendor: string,
  vendorCallId: string,
): Promise<CustomerRef | undefined> {
  const row = await db
    .selectFrom('calls')
    .innerJoin('customers', 'customers.id', 'calls.customer_id')
    .innerJoin('person_keys', 'person_keys.id', 'customers.person_id')
    .where('vendor', '=', vendor)
    .where('vendor_call_id', '=', vendorCallId)
    .select(['customers.id', 'person_keys.id as person_id', 'person_keys.wrapped_key'])
    .executeTakeFirst();
  return row && { customerId: row.id, personId: row.person_id, key: vault.openPersonKey(row.wrapped_key) };
}
