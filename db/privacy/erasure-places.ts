import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../tables/database.ts';
import type { ErasureScope } from './erasure-scope.ts';

/** Where something of a person is kept: which rows, and what becomes of them. */
export interface Place {
  table: keyof Database;
  rows(scope: ErasureScope): RawBuilder<unknown>;
  /** Which of them are left for the next time, because somebody still works with them. */
  notYet?(scope: ErasureScope): RawBuilder<unknown>;
  /** What each column is afterwards, as SQL; `delete`: the row goes. */
  becomes: Record<string, string> | 'delete';
}

const ids = (column: string, values: string[]) => sql`${sql.ref(column)} = ANY(${values}::uuid[])`;
const texts = (column: string, values: string[]) => sql`${sql.ref(column)} = ANY(${values}::text[])`;
const nothing = (...columns: string[]) => Object.fromEntries(columns.map((column) => [column, 'NULL']));

/**
 * Every place, in the order in which it is emptied; the key comes last, because rows refer to it. Rows that others
 * count on (an hour of a staff member, a figure of a day) stay without the person; times and states say nothing of
 * whom. Vendors' ids of calls and bookings stay, so that what still comes in about them is known and not kept.
 */
export const erasurePlaces: readonly Place[] = [
  {
    table: 'inbox_events',
    rows: ({ entities, senders, begunAt }) => sql`(${texts('entity', entities)} OR ${texts('about', entities)}
      OR (${texts('about', senders)} AND received_at <= ${begunAt}))`,
    // A word to opt out may be somebody else's business, too: it is carried out first, if that is possible at all.
    notYet: ({ senders }) =>
      sql`(${texts('about', senders)} AND status = 'pending' AND received_at > now() - interval '1 hour')`,
    becomes: {
      body_sealed: "''::bytea",
      last_error: 'NULL',
      // Whose number it was; runs are named by ids.
      about: "CASE WHEN about LIKE 'inbound-sender/%' THEN NULL ELSE about END",
      entity: "CASE WHEN entity LIKE 'inbound-message/%' THEN NULL ELSE entity END",
      status: "CASE status WHEN 'pending' THEN 'ignored' ELSE status END",
    },
  },
  {
    table: 'customers',
    rows: ({ customerIds }) => ids('id', customerIds),
    becomes: {
      ...nothing('person_id', 'phone_index', 'phone_sealed', 'name_sealed', 'email_sealed'),
      ...nothing('email_index', 'notify_channels', 'quiet_hours'),
      phone_is_mobile: 'false',
      time_zone: '(SELECT time_zone FROM companies WHERE companies.id = company_id)',
      locale: '(SELECT locale FROM companies WHERE companies.id = company_id)',
      erased_at: 'coalesce(erased_at, now())',
    },
  },
  {
    table: 'calls',
    rows: ({ personId, calls }) =>
      sql`(person_id = ${personId} OR ${ids(
        'id',
        calls.map(({ id }) => id),
      )})`,
    becomes: {
      ...nothing(
        'person_id',
        'from_number_sealed',
        'transcript_sealed',
        'analysis_sealed',
        'recording_url_sealed',
      ),
      ...nothing('wish_sealed', 'recording_key', 'recording_type', 'recording_bytes', 'disconnection_reason'),
      ...nothing('outcome_detail', 'refresh_due_at'),
      recording_status: "CASE WHEN recording_key IS NULL THEN recording_status ELSE 'deleted' END",
      outcome: "coalesce(outcome, 'cancelled')",
      settled_at: 'coalesce(settled_at, now())',
      erased_at: 'coalesce(erased_at, now())',
    },
  },
  {
    table: 'appointments',
    rows: ({ customerIds }) => ids('customer_id', customerIds),
    becomes: nothing('status_reason'),
  },
  {
    table: 'booking_requests',
    rows: ({ customerIds }) => ids('customer_id', customerIds),
    becomes: {
      detail: 'NULL',
      status: "CASE status WHEN 'accepted' THEN 'cancelled' ELSE status END",
      finished_at: 'coalesce(finished_at, now())',
    },
  },
  {
    table: 'appointment_requests',
    rows: ({ appointmentIds }) => ids('appointment_id', appointmentIds),
    becomes: {
      reason: 'NULL',
      refusal: "CASE status WHEN 'accepted' THEN 'erased' ELSE refusal END",
      status: "CASE status WHEN 'accepted' THEN 'refused' ELSE status END",
    },
  },
  {
    table: 'notifications',
    rows: ({ customerIds }) => ids('customer_id', customerIds),
    becomes: {
      ...nothing('vendor_ref', 'held_until', 'delivery_code'),
      reason: "CASE WHEN status IN ('pending', 'skipped') THEN 'erased' END",
      status: "CASE status WHEN 'pending' THEN 'skipped' ELSE status END",
    },
  },
  {
    table: 'calendar_drifts',
    rows: ({ appointmentIds, bookingUids }) =>
      sql`(${ids('appointment_id', appointmentIds)} OR ${texts('booking_uid', bookingUids)})`,
    becomes: {
      ...nothing('here', 'there'),
      told: "CASE told WHEN 'due' THEN 'refused' ELSE told END",
      resolved_at: 'coalesce(resolved_at, now())',
    },
  },
  {
    table: 'channel_blocks',
    rows: ({ customerIds }) => ids('customer_id', customerIds),
    becomes: 'delete',
  },
  {
    table: 'push_subscriptions',
    rows: ({ customerIds }) => ids('customer_id', customerIds),
    becomes: 'delete',
  },
  {
    table: 'call_users',
    rows: ({ userIds }) => ids('id', userIds),
    becomes: {
      ...nothing('person_id', 'external_id', 'name_sealed', 'phone_sealed', 'phone_index', 'email_sealed'),
      ...nothing('consent_at', 'next_call_at', 'next_call_date', 'plan_problem'),
      call_enabled: 'false',
      notify_channels: "'{}'::text[]",
      deleted_at: 'coalesce(deleted_at, now())',
      erased_at: 'coalesce(erased_at, now())',
    },
  },
  { table: 'script_assignments', rows: ({ userIds }) => ids('user_id', userIds), becomes: 'delete' },
  {
    table: 'call_notices',
    rows: ({ attempts }) =>
      ids(
        'attempt_id',
        attempts.map(({ id }) => id),
      ),
    becomes: {
      vendor_ref: 'NULL',
      reason: "CASE WHEN status IN ('pending', 'skipped') THEN 'erased' END",
      status: "CASE status WHEN 'pending' THEN 'skipped' ELSE status END",
    },
  },
  {
    table: 'call_attempts',
    rows: ({ userIds }) => ids('user_id', userIds),
    becomes: {
      ...nothing('transcript_sealed', 'recording_url_sealed', 'analysis_sealed', 'sentiment', 'mood'),
      ended_reason: 'NULL',
      status:
        "CASE WHEN status = 'planned' THEN 'withdrawn' WHEN status IN ('dialled', 'ringing', 'in-progress') THEN 'unreported' ELSE status END",
      ended_at: 'coalesce(ended_at, now())',
    },
  },
  {
    table: 'daily_calls',
    rows: ({ userIds }) => ids('user_id', userIds),
    becomes: {
      reason: 'NULL',
      status: "'ended'",
      outcome: "coalesce(outcome, 'not-allowed')",
      ended_at: 'coalesce(ended_at, now())',
    },
  },
  {
    table: 'effects',
    rows: ({ names }) => texts('entity', names),
    becomes: {
      failure: 'NULL',
      result:
        "CASE WHEN result IS NOT NULL AND operation IN ('messages.create', 'mail.deliver', 'push.send') THEN '{}'::jsonb ELSE result END",
    },
  },
  {
    table: 'audit_log',
    rows: ({
      names,
      entities,
    }) => sql`action NOT LIKE 'erasure.%' AND (${texts('entity', names)} OR entity IN (
      SELECT 'review/' || id FROM reviews WHERE ${texts('workflow_id', entities)} OR ${texts('entity', names)}))`,
    becomes: { detail: "'{}'::jsonb" },
  },
  {
    table: 'reviews',
    rows: ({ names, entities }) => sql`(${texts('workflow_id', entities)} OR ${texts('entity', names)})`,
    becomes: {
      question: "'{}'::jsonb",
      answer: 'NULL',
      status: "CASE status WHEN 'open' THEN 'expired' ELSE status END",
    },
  },
  {
    table: 'failed_runs',
    rows: ({ entities }) => texts('workflow_id', entities),
    becomes: { first_error: "'erased'", last_error: "'erased'" },
  },
  {
    table: 'idempotency_keys',
    rows: ({ companyId, appointmentIds }) =>
      sql`company_id = ${companyId} AND response->>'appointmentId' = ANY(${appointmentIds}::text[])`,
    becomes: 'delete',
  },
  {
    table: 'legal_holds',
    rows: ({ personId }) => sql`person_id = ${personId}`,
    becomes: { reference: "'erased'" },
  },
  {
    table: 'gdpr_exports',
    rows: ({ personId }) => sql`person_id = ${personId}`,
    becomes: {
      file_key: 'NULL',
      failure: 'NULL',
      code_hash: "''::bytea",
      status: "CASE WHEN status IN ('accepted', 'building', 'ready') THEN 'erased' ELSE status END",
      finished_at: 'coalesce(finished_at, now())',
    },
  },
  { table: 'person_keys', rows: ({ personId }) => sql`id = ${personId}`, becomes: 'delete' },
];

/** Tables that lead to a person and keep nothing of one, and why. */
export const keptPlaces: Partial<Record<keyof Database, string>> = {
  do_not_call:
    'the wish not to be called outlives the person: a keyed hash, from which no number can be read',
  sms_opt_outs: 'the wish to get no SMS outlives the person: a keyed hash, from which no number can be read',
  erased_entities: 'ids of runs, so that nothing that still comes in about them is kept',
  erasures: 'the proof itself: ids and counts',
};
