import type { Kysely, Transaction } from 'kysely';
import type { Vault } from '../../platform/vault.ts';
import type { Database } from '../tables/database.ts';
import type { CallStatus } from '../tables/people.ts';
import type { CustomerRef } from './people.ts';

type Executor = Kysely<Database> | Transaction<Database>;

export interface CallEvent {
  eventType: string;
  body: Buffer;
}

/** Everything that came in about one call, oldest first, opened. */
export async function readCallEvents(db: Executor, vault: Vault, entity: string): Promise<CallEvent[]> {
  const rows = await db
    .selectFrom('inbox_events')
    .where('entity', '=', entity)
    .select(['event_type', 'body_sealed'])
    .orderBy('id')
    .execute();
  return rows.map((row) => ({ eventType: row.event_type, body: vault.open('inbox', row.body_sealed) }));
}

/** Files what the provider said when asked, beside what it sent by itself. A second copy changes nothing. */
export async function fileFetchedCall(
  db: Executor,
  vault: Vault,
  event: { source: string; entity: string; eventKey: string; body: Buffer },
): Promise<void> {
  await db
    .insertInto('inbox_events')
    .values({
      source: event.source,
      event_key: event.eventKey,
      event_type: 'call_fetched',
      entity: event.entity,
      company_id: null,
      body_sealed: vault.seal('inbox', event.body),
      status: 'done',
      last_error: null,
      request_id: event.eventKey,
      trace_parent: null,
      done_at: new Date(),
    })
    .onConflict((conflict) => conflict.columns(['source', 'event_key']).doNothing())
    .execute();
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
}

/** Writes the call as now known; the latest fold of all its events replaces the earlier one. */
export async function saveCall(
  db: Executor,
  facts: CallFacts,
): Promise<{ id: string; outcome: string | null; settled_by: string | null }> {
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
  return db
    .insertInto('calls')
    .values({
      ...known,
      company_id: facts.companyId,
      vendor: facts.vendor,
      vendor_call_id: facts.vendorCallId,
      agent_id: facts.agentId,
    })
    .onConflict((conflict) =>
      conflict.columns(['vendor', 'vendor_call_id']).doUpdateSet({ ...known, updated_at: new Date() }),
    )
    .returning(['id', 'outcome', 'settled_by'])
    .executeTakeFirstOrThrow();
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
    .select(['customers.id', 'customers.person_id', 'person_keys.wrapped_key'])
    .executeTakeFirst();
  return row && { customerId: row.id, personId: row.person_id, key: vault.openPersonKey(row.wrapped_key) };
}
