import { readAppointmentWithCustomer } from '../../../db/phone-desk/booking/booking.ts';
import {
  fileNotifications,
  type NotificationRef,
} from '../../../db/phone-desk/notification/notifications.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { NotificationKind } from '../../../shared/messages/channels.ts';

/** Files what is to be said about the appointment as it stands now; returns what is to be sent. */
export async function fileNotification(
  { db, vault }: Deps,
  appointmentId: string,
  kind: NotificationKind,
): Promise<NotificationRef[]> {
  return fileNotifications(db, await readAppointmentWithCustomer(db, vault, appointmentId), kind);
}
