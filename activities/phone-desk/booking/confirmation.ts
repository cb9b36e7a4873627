import { sql } from 'kysely';
import type { Alongside } from '../../../db/effects.ts';
import { type AppointmentWithCustomer, appointmentBooked } from '../../../db/phone-desk/booking/booking.ts';
import {
  confirmationFiled,
  type NotificationRef,
  readUnsent,
} from '../../../db/phone-desk/notification/notifications.ts';
import type { Deps } from '../../../platform/deps.ts';
import { localHoursBefore } from '../../../shared/time.ts';

export interface Confirmation {
  notifications: NotificationRef[];
  /** How long the appointment's own run may sleep before its first reminder. */
  firstReminderInMs: number;
}

/** What the calendar's yes means here: the appointment stands, is counted, and its confirmation is to be sent. */
export const bookingStands = (about: AppointmentWithCustomer, bookingUid: string): Alongside =>
  sql`${appointmentBooked(about.appointment.id, bookingUid)}, ${confirmationFiled(about)}`;

/** What follows from a booking that stands. */
export async function readConfirmation(
  deps: Deps,
  { appointment, customer }: AppointmentWithCustomer,
): Promise<Confirmation> {
  const firstReminderAt = localHoursBefore(appointment.starts_at, 24, customer.timeZone);
  return {
    notifications: await readUnsent(deps.db, appointment, 'confirmation'),
    firstReminderInMs: Math.max(0, firstReminderAt.getTime() - deps.clock().getTime()),
  };
}
