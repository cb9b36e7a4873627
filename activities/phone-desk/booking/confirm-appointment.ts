import { readAppointment, confirmAppointment as writeConfirmation } from '../../../db/booking.ts';
import { fileNotifications, type NotificationRef, planChannels } from '../../../db/notifications.ts';
import { readCustomer } from '../../../db/people.ts';
import type { Deps } from '../../../platform/deps.ts';
import { failure } from '../../../shared/failures.ts';
import { localHoursBefore } from '../../../shared/time.ts';

export interface Confirmed {
  notifications: NotificationRef[];
  /** How long the appointment's own run may sleep before its first reminder. */
  firstReminderInMs: number;
}

/** UpdateStatistics and the confirmation to be sent: the appointment stands from here on. */
export async function confirmAppointment(
  deps: Deps,
  appointmentId: string,
  bookingUid: string,
): Promise<Confirmed> {
  await writeConfirmation(deps.db, appointmentId, bookingUid);
  const appointment = await readAppointment(deps.db, appointmentId);
  if (!appointment) throw failure('NotFound', `appointment ${appointmentId} does not exist`);
  const customer = await readCustomer(deps.db, deps.vault, appointment.customer_id);
  if (!customer) throw failure('NotFound', `customer ${appointment.customer_id} does not exist`);
  const company = await deps.db
    .selectFrom('companies')
    .where('id', '=', appointment.company_id)
    .select('sms_enabled')
    .executeTakeFirstOrThrow();
  const notifications = await fileNotifications(
    deps.db,
    {
      companyId: appointment.company_id,
      customerId: appointment.customer_id,
      appointmentId,
      kind: 'confirmation',
      sequence: appointment.sequence,
    },
    planChannels(customer, company.sms_enabled),
  );
  const firstReminderAt = localHoursBefore(appointment.starts_at, 24, customer.timeZone);
  return {
    notifications,
    firstReminderInMs: Math.max(0, firstReminderAt.getTime() - deps.clock().getTime()),
  };
}
