import { readAppointmentWithCustomer, confirmAppointment as writeConfirmation } from '../../../db/booking.ts';
import { fileNotifications, type NotificationRef } from '../../../db/notifications.ts';
import type { Deps } from '../../../platform/deps.ts';
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
  const about = await readAppointmentWithCustomer(deps.db, deps.vault, appointmentId);
  const notifications = await fileNotifications(deps.db, about, 'confirmation');
  const firstReminderAt = localHoursBefore(about.appointment.starts_at, 24, about.customer.timeZone);
  return {
    notifications,
    firstReminderInMs: Math.max(0, firstReminderAt.getTime() - deps.clock().getTime()),
  };
}
