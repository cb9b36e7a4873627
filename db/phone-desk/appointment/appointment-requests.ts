import type { Kysely } from 'kysely';
import type { Database } from '../../tables/database.ts';

export interface NewAppointmentRequest {
  id: string;
  appointmentId: string;
  kind: 'cancel' | 'reschedule';
  startsAt: Date | null;
  reason: string | null;
}

const requests = (db: Kysely<Database>) =>
  db
    .selectFrom('appointment_requests')
    .select([
      'id',
      'appointment_id as appointmentId',
      'kind',
      'source',
      'starts_at as startsAt',
      'reason',
      'status',
      'refusal',
      'created_at as createdAt',
      'finished_at as finishedAt',
    ]);

export type AppointmentRequestView = Awaited<
  ReturnType<ReturnType<typeof requests>['executeTakeFirstOrThrow']>
>;

/** What was asked for an appointment, oldest first. */
export function requestsOfAppointment(
  db: Kysely<Database>,
  appointmentId: string,
): Promise<AppointmentRequestView[]> {
  return requests(db)
    .where('appointment_id', '=', appointmentId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/** The cancellation that is asked for and not decided yet. */
export function findOpenCancellation(trx: Kysely<Database>, appointmentId: string) {
  return requests(trx)
    .where('appointment_id', '=', appointmentId)
    .where('kind', '=', 'cancel')
    .where('status', '=', 'accepted')
    .executeTakeFirst();
}

/** Files a request; the appointment's workflow reads and decides it. */
export async function insertAppointmentRequest(
  trx: Kysely<Database>,
  request: NewAppointmentRequest,
): Promise<AppointmentRequestView> {
  const { id, appointmentId, kind, startsAt, reason } = request;
  await trx
    .insertInto('appointment_requests')
    .values({
      id,
      appointment_id: appointmentId,
      kind,
      starts_at: startsAt,
      reason,
      booking_uid: null,
      refusal: null,
      finished_at: null,
    })
    .execute();
  return requests(trx).where('id', '=', id).executeTakeFirstOrThrow();
}

/** The appointment, locked until the transaction ends; undefined outside `companyId` (null: any). */
export function lockAppointment(trx: Kysely<Database>, companyId: string | null, id: string) {
  return trx
    .selectFrom('appointments')
    .select(['id', 'company_id as companyId', 'status', 'time_zone as timeZone'])
    .where('id', '=', id)
    .$if(companyId !== null, (query) => query.where('company_id', '=', companyId as string))
    .forUpdate()
    .executeTakeFirst();
}
