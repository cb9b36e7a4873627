import type { Kysely } from 'kysely';
import type { Database } from '../../tables/database.ts';

export interface NewBookingRequest {
  appointmentId: string;
  companyId: string;
  customerId: string;
  serviceId: string;
  staffId: string | null;
  /** ISO 8601, UTC. */
  startsAt: string;
}

/** Files a booking that was asked for by API; the booking workflow writes how it ended. */
export async function insertBookingRequest(trx: Kysely<Database>, booking: NewBookingRequest): Promise<void> {
  await trx
    .insertInto('booking_requests')
    .values({
      appointment_id: booking.appointmentId,
      company_id: booking.companyId,
      customer_id: booking.customerId,
      service_id: booking.serviceId,
      staff_id: booking.staffId,
      starts_at: booking.startsAt,
      detail: null,
      finished_at: null,
    })
    .execute();
}

/** One request for a booking; undefined outside `companyId` (null: any). */
export function findBookingRequest(db: Kysely<Database>, companyId: string | null, appointmentId: string) {
  return db
    .selectFrom('booking_requests')
    .innerJoin('companies', 'companies.id', 'booking_requests.company_id')
    .innerJoin('services', 'services.id', 'booking_requests.service_id')
    .leftJoin('staff', 'staff.id', 'booking_requests.staff_id')
    .select([
      'booking_requests.appointment_id as appointmentId',
      'booking_requests.company_id as companyId',
      'companies.slug as company',
      'booking_requests.customer_id as customerId',
      'services.slug as service',
      'staff.email as staff',
      'booking_requests.starts_at as startsAt',
      'booking_requests.status',
      'booking_requests.detail',
      'booking_requests.created_at as createdAt',
      'booking_requests.finished_at as finishedAt',
    ])
    .where('booking_requests.appointment_id', '=', appointmentId)
    .$if(companyId !== null, (query) => query.where('booking_requests.company_id', '=', companyId as string))
    .executeTakeFirst();
}
