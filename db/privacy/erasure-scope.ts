import { type Kysely, sql } from 'kysely';
import {
  appointmentWorkflowId,
  bookingWorkflowId,
  calendarChangeWorkflowId,
  callRefreshWorkflowId,
  callWorkflowId,
  dailyCallWorkflowId,
  exportWorkflowId,
  notificationWorkflowId,
  outboundCallEntity,
} from '../../shared/ids.ts';
import type { Database } from '../tables/database.ts';

/** Everything of a person, by id; what is found later (a call that was being stored) is in the next one. */
export interface ErasureScope {
  companyId: string;
  personId: string;
  customerIds: string[];
  userIds: string[];
  calls: { id: string; vendor: string; vendorCallId: string }[];
  appointmentIds: string[];
  bookingUids: string[];
  attempts: { id: string; provider: string; providerCallId: string | null }[];
  /** Texts from the person's numbers that came before it began: who writes later is somebody new. */
  senders: string[];
  begunAt: Date;
  /** Workflow ids: runs, and what the inbox keeps its events under. */
  entities: string[];
  /** All of these, and whatever else effects, reviews and the audit log call them. */
  names: string[];
}

/** Which person an erasure is about, and by which rows it was known. */
export interface ErasureRoots {
  company_id: string;
  person_id: string;
  customer_ids: string[];
  user_ids: string[];
  senders: string[];
  begun_at: Date | null;
}

export async function readScope(db: Kysely<Database>, roots: ErasureRoots): Promise<ErasureScope> {
  const { company_id: companyId, person_id: personId, customer_ids: customerIds, user_ids: userIds } = roots;
  const all = async <Row>(query: ReturnType<typeof sql<Row>>) => (await query.execute(db)).rows;
  const calls = await all(sql<ErasureScope['calls'][number]>`
    SELECT id, vendor, vendor_call_id AS "vendorCallId" FROM calls
    WHERE person_id = ${personId} OR customer_id = ANY(${customerIds}::uuid[])`);
  const appointments = await all(sql<{ id: string; uid: string | null }>`
    SELECT id, calcom_booking_uid AS uid FROM appointments WHERE customer_id = ANY(${customerIds}::uuid[])
    UNION SELECT appointment_id, NULL FROM booking_requests WHERE customer_id = ANY(${customerIds}::uuid[])`);
  const appointmentIds = [...new Set(appointments.map(({ id }) => id))];
  const uids = await all(sql<{ uid: string }>`
    SELECT booking_uid AS uid FROM appointment_requests
    WHERE appointment_id = ANY(${appointmentIds}::uuid[]) AND booking_uid IS NOT NULL
    UNION SELECT result->>'uid' FROM effects
    WHERE entity = ANY(${appointmentIds}) AND operation IN ('bookings.create', 'bookings.reschedule')
      AND result ? 'uid'`);
  const notifications = await all(sql<{ id: string }>`
    SELECT id FROM notifications WHERE customer_id = ANY(${customerIds}::uuid[])`);
  const days = await all(sql<{ userId: string; localDate: string }>`
    SELECT user_id AS "userId", local_date::text AS "localDate" FROM daily_calls
    WHERE user_id = ANY(${userIds}::uuid[])`);
  const attempts = await all(sql<ErasureScope['attempts'][number]>`
    SELECT id, provider, provider_call_id AS "providerCallId" FROM call_attempts
    WHERE user_id = ANY(${userIds}::uuid[])`);

  const exports = await all(sql<{ id: string }>`SELECT id FROM gdpr_exports WHERE person_id = ${personId}`);

  const bookingUids = [...new Set([...appointments, ...uids].flatMap(({ uid }) => uid ?? []))];
  const entities = [
    ...calls.flatMap((call) => [
      callWorkflowId(call.vendor, call.vendorCallId),
      callRefreshWorkflowId(call.id),
    ]),
    ...appointmentIds.flatMap((id) => [bookingWorkflowId(id), appointmentWorkflowId(id)]),
    ...notifications.map(({ id }) => notificationWorkflowId(id)),
    ...bookingUids.map((uid) => calendarChangeWorkflowId(companyId, uid)),
    ...days.map(({ userId, localDate }) => dailyCallWorkflowId(userId, localDate)),
    ...attempts.flatMap(({ provider, providerCallId }) =>
      providerCallId
        ? [outboundCallEntity(provider, providerCallId), callWorkflowId(provider, providerCallId)]
        : [],
    ),
    ...exports.map(({ id }) => exportWorkflowId(id)),
  ];
  const names = [
    ...entities,
    ...customerIds.flatMap((id) => [id, `customer/${id}`]),
    ...userIds,
    ...calls.flatMap(({ id, vendorCallId }) => [id, vendorCallId]),
    ...appointmentIds,
    ...bookingUids,
    ...[...attempts, ...exports, ...notifications].map(({ id }) => id),
    ...days.map(({ userId, localDate }) => `${userId}/${localDate}`),
  ];
  return {
    companyId,
    personId,
    customerIds,
    userIds,
    calls,
    appointmentIds,
    bookingUids,
    attempts,
    senders: roots.senders,
    begunAt: roots.begun_at ?? new Date(),
    entities,
    names,
  };
}
