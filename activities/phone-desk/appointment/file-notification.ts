import { readAppointment } from '../../../db/booking.ts';
import { fileNotifications, type NotificationRef, planChannels } from '../../../db/notifications.ts';
import { readCustomer } from '../../../db/people.ts';
import type { NotificationKind } from '../../../db/tables/appointments.ts';
import type { Deps } from '../../../platform/deps.ts';
import { failure } from '../../../shared/failures.ts';

/** Files what is to be said about the appointment as it stands now; returns what is to be sent. */
export async function fileNotification(
  deps: Deps,
  appointmentId: string,
  kind: NotificationKind,
): Promise<NotificationRef[]> {
  const appointment = await readAppointment(deps.db, appointmentId);
  if (!appointment) throw failure('NotFound', `appointment ${appointmentId} does not exist`);
  const customer = await readCustomer(deps.db, deps.vault, appointment.customer_id);
  if (!customer) throw failure('NotFound', `customer ${appointment.customer_id} does not exist`);
  const company = await deps.db
    .selectFrom('companies')
    .where('id', '=', appointment.company_id)
    .select('sms_enabled')
    .executeTakeFirstOrThrow();
  return fileNotifications(
    deps.db,
    {
      companyId: appointment.company_id,
      customerId: appointment.customer_id,
      appointmentId,
      kind,
      sequence: appointment.sequence,
    },
    planChannels(customer, company.sms_enabled),
  );
}
