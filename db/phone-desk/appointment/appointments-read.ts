import type { Kysely } from 'kysely';
import { type CreatedRange, listPage, type Page, type PageRequest } from '../../page.ts';
import type { AppointmentStatus } from '../../tables/appointments.ts';
import type { Database } from '../../tables/database.ts';

export interface AppointmentFilter extends CreatedRange {
  /** null: every company. */
  companyId: string | null;
  status?: AppointmentStatus | undefined;
  customerId?: string | undefined;
  staffId?: string | undefined;
  startsFrom?: Date | undefined;
  startsBefore?: Date | undefined;
}

function appointmentsWithNames(db: Kysely<Database>) {
  return db
    .selectFrom('appointments')
    .innerJoin('companies', 'companies.id', 'appointments.company_id')
    .innerJoin('services', 'services.id', 'appointments.service_id')
    .innerJoin('staff', 'staff.id', 'appointments.staff_id')
    .select([
      'appointments.id',
      'companies.slug as company',
      'appointments.customer_id as customerId',
      'appointments.staff_id as staffId',
      'staff.name as staffName',
      'services.slug as service',
      'services.name as serviceName',
      'appointments.call_id as callId',
      'appointments.source',
      'appointments.status',
      'appointments.status_reason as statusReason',
      'appointments.starts_at as startsAt',
      'appointments.ends_at as endsAt',
      'appointments.time_zone as timeZone',
      'appointments.sequence',
      'appointments.calcom_booking_uid as calcomBookingUid',
      'appointments.created_at as createdAt',
      'appointments.updated_at as updatedAt',
    ]);
}

export type AppointmentView = Awaited<
  ReturnType<ReturnType<typeof appointmentsWithNames>['executeTakeFirstOrThrow']>
>;

/** Appointments, newest first (by when they were made, not by when they are). */
export async function listAppointments(
  db: Kysely<Database>,
  filter: AppointmentFilter,
  page: PageRequest,
): Promise<Page<AppointmentView>> {
  const { startsFrom, startsBefore } = filter;
  const matching = appointmentsWithNames(db)
    .where((eb) =>
      eb.and({
        ...(filter.companyId === null ? {} : { 'appointments.company_id': filter.companyId }),
        ...(filter.status ? { 'appointments.status': filter.status } : {}),
        ...(filter.customerId ? { 'appointments.customer_id': filter.customerId } : {}),
        ...(filter.staffId ? { 'appointments.staff_id': filter.staffId } : {}),
      }),
    )
    .$if(startsFrom !== undefined, (query) => query.where('starts_at', '>=', startsFrom as Date))
    .$if(startsBefore !== undefined, (query) => query.where('starts_at', '<', startsBefore as Date));
  return listPage(matching, 'appointments', filter, page);
}

/** One appointment; undefined outside `companyId` (null: any). */
export function findAppointment(db: Kysely<Database>, companyId: string | null, id: string) {
  return appointmentsWithNames(db)
    .where('appointments.id', '=', id)
    .$if(companyId !== null, (query) => query.where('appointments.company_id', '=', companyId as string))
    .executeTakeFirst();
}
