import { inheritEnv } from '../../platform/env.ts';
import { saveHistory } from '../../scripts/save-history.ts';
import { callWorkflowId } from '../../shared/ids.ts';
import type { ReviewKind } from '../../shared/reviews.ts';
import type { PhoneDesk } from './phone-desk.ts';
import { eventually, type TestBed } from './test-bed.ts';

/** The workflow's id of a played call. */
export const runOf = (vendorCallId: string) => callWorkflowId('retell', vendorCallId);

/** Everything the database says of a call's appointments. */
export async function appointmentsOf(desk: PhoneDesk, callRowId: string) {
  return desk.deps.db
    .selectFrom('appointments')
    .innerJoin('staff', 'staff.id', 'appointments.staff_id')
    .where('call_id', '=', callRowId)
    .selectAll('appointments')
    .select('staff.email as staff_email')
    .execute();
}

/** The notifications of an appointment as `{email: row, sms: row}`, of one kind. */
export async function notificationsOf(desk: PhoneDesk, appointmentId: string, kind = 'confirmation') {
  const rows = await desk.deps.db
    .selectFrom('notifications')
    .where('appointment_id', '=', appointmentId)
    .where('kind', '=', kind as 'confirmation')
    .selectAll()
    .execute();
  return Object.fromEntries(rows.map((row) => [row.channel, row])) as Partial<
    Record<'email' | 'sms', (typeof rows)[number]>
  >;
}

/** Waits until the workflow has asked a person. */
export function openReviewOf(desk: TestBed, workflowId: string, kind: ReviewKind) {
  return eventually(`a review of kind ${kind}`, () =>
    desk.deps.db
      .selectFrom('reviews')
      .where('workflow_id', '=', workflowId)
      .where('kind', '=', kind)
      .where('status', '=', 'open')
      .selectAll()
      .executeTakeFirst(),
  );
}

/** A person's answer, through the API. */
export function answer(desk: TestBed, reviewId: string, body: object) {
  return desk.api('POST', `/api/reviews/${reviewId}/answer`, body);
}

/** What the vendor executed for one of our effects: ledger rows whose key or request names `id`. */
export async function executedFor(desk: PhoneDesk, vendor: string, operation: string, id: string) {
  const rows = await desk.ledger(vendor, operation);
  return rows.filter((row) => JSON.stringify(row).includes(id));
}

/** What the calendar executed for a call. */
export async function bookedAtCalendar(desk: PhoneDesk, callRowId: string) {
  const appointments = await appointmentsOf(desk, callRowId);
  const rows = await Promise.all(
    appointments.map(({ id }) => executedFor(desk, 'calcom', 'bookings.create', id)),
  );
  return rows.flat();
}

/** Beds may have a namespace of their own. */
const inNamespaceOf = ({ env, deps }: TestBed) =>
  deps.env.TEMPORAL_NAMESPACE === env.client.options.namespace ? env.client : deps.temporal;

/** With `RECORD_HISTORIES=1` this run (the newest, unless named) becomes or replaces an entry of the replay corpus. */
export async function recordHistory(
  desk: TestBed,
  workflowId: string,
  name: string,
  runId?: string,
): Promise<void> {
  if (inheritEnv({}).RECORD_HISTORIES !== '1') return;
  const client = inNamespaceOf(desk);
  await client.workflow
    .getHandle(workflowId)
    .result()
    .catch(() => {});
  await saveHistory(client, workflowId, name, runId);
}
