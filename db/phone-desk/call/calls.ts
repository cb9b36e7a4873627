import type { Kysely } from 'kysely';
import type { Vault } from '../../../platform/vault.ts';
import { type CreatedRange, listPage, type Page, type PageRequest } from '../../page.ts';
import { openerOf } from '../../sealed.ts';
import type { Database } from '../../tables/database.ts';
import type { CallStatus } from '../../tables/people.ts';

export interface CallFilter extends CreatedRange {
  /** null: every company. */
  companyId: string | null;
  status?: CallStatus | undefined;
  outcome?: string | undefined;
  customerId?: string | undefined;
}

function callsWithKeys(db: Kysely<Database>) {
  return db
    .selectFrom('calls')
    .innerJoin('companies', 'companies.id', 'calls.company_id')
    .leftJoin('person_keys', 'person_keys.id', 'calls.person_id')
    .select([
      'calls.id',
      'companies.slug as company',
      'calls.customer_id',
      'calls.vendor',
      'calls.vendor_call_id',
      'calls.agent_id',
      'calls.direction',
      'calls.status',
      'calls.disconnection_reason',
      'calls.started_at',
      'calls.ended_at',
      'calls.duration_ms',
      'calls.from_number_sealed',
      'calls.outcome',
      'calls.outcome_detail',
      'calls.settled_at',
      'calls.created_at',
      'person_keys.wrapped_key',
    ]);
}

type CallRow = Awaited<ReturnType<ReturnType<typeof callsWithKeys>['executeTakeFirstOrThrow']>>;

const present = (row: CallRow, fromNumber: string | null) => ({
  id: row.id,
  company: row.company,
  customerId: row.customer_id,
  vendor: row.vendor,
  vendorCallId: row.vendor_call_id,
  agentId: row.agent_id,
  direction: row.direction,
  status: row.status,
  disconnectionReason: row.disconnection_reason,
  startedAt: row.started_at,
  endedAt: row.ended_at,
  durationMs: row.duration_ms,
  fromNumber,
  outcome: row.outcome,
  outcomeDetail: row.outcome_detail,
  settledAt: row.settled_at,
  createdAt: row.created_at,
});

export type CallSummary = ReturnType<typeof present>;

/** Calls without what was said in them, newest first. */
export async function listCalls(
  db: Kysely<Database>,
  vault: Vault,
  filter: CallFilter,
  page: PageRequest,
): Promise<Page<CallSummary>> {
  const matching = callsWithKeys(db).where((eb) =>
    eb.and({
      ...(filter.companyId === null ? {} : { 'calls.company_id': filter.companyId }),
      ...(filter.status ? { 'calls.status': filter.status } : {}),
      ...(filter.outcome ? { 'calls.outcome': filter.outcome } : {}),
      ...(filter.customerId ? { 'calls.customer_id': filter.customerId } : {}),
    }),
  );
  const { items, next } = await listPage(matching, 'calls', filter, page);
  return {
    next,
    items: items.map((row) =>
      present(row, openerOf(vault, row.wrapped_key)('calls.from_number', row.from_number_sealed)),
    ),
  };
}

/** One call with transcript, analysis, wish and recording; undefined outside `companyId` (null: any). */
export async function findCall(db: Kysely<Database>, vault: Vault, companyId: string | null, id: string) {
  const row = await callsWithKeys(db)
    .select([
      'transcript_sealed',
      'analysis_sealed',
      'recording_url_sealed',
      'wish_sealed',
      'transcript_deleted_at',
      'refreshed_at',
      'refresh_status',
      'recording_status',
      'recording_kept_at',
      'calls.erased_at',
    ])
    .$if(companyId !== null, (query) => query.where('calls.company_id', '=', companyId as string))
    .where('calls.id', '=', id)
    .executeTakeFirst();
  if (!row) return undefined;
  const open = openerOf(vault, row.wrapped_key);
  const openJson = (field: string, sealed: Buffer | null): unknown => {
    const text = open(field, sealed);
    return text === null ? null : JSON.parse(text);
  };
  return {
    ...present(row, open('calls.from_number', row.from_number_sealed)),
    transcript: open('calls.transcript', row.transcript_sealed),
    analysis: openJson('calls.analysis', row.analysis_sealed),
    recordingUrl: open('calls.recording_url', row.recording_url_sealed),
    wish: openJson('calls.wish', row.wish_sealed),
    transcriptDeletedAt: row.transcript_deleted_at,
    refreshedAt: row.refreshed_at,
    refreshStatus: row.refresh_status,
    recording: row.recording_status && { status: row.recording_status, keptAt: row.recording_kept_at },
    erasedAt: row.erased_at,
  };
}

/** Where the recording of a call is kept; undefined outside `companyId` (null: any). */
export function findRecording(db: Kysely<Database>, companyId: string | null, id: string) {
  return db
    .selectFrom('calls')
    .where('id', '=', id)
    .$if(companyId !== null, (query) => query.where('company_id', '=', companyId as string))
    .select(['recording_key as key', 'recording_type as contentType', 'recording_status as status'])
    .executeTakeFirst();
}

/** What decides whether a call can be refreshed; undefined outside `companyId` (null: any). */
export function findCallToRefresh(db: Kysely<Database>, companyId: string | null, id: string) {
  return db
    .selectFrom('calls')
    .where('id', '=', id)
    .$if(companyId !== null, (query) => query.where('company_id', '=', companyId as string))
    .select([
      'id as callId',
      'company_id as companyId',
      'vendor_call_id as vendorCallId',
      'settled_at as settledAt',
      'erased_at as erasedAt',
      'transcript_deleted_at as transcriptDeletedAt',
    ])
    .executeTakeFirst();
}
