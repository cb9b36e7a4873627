import type { Kysely } from 'kysely';
import type { Channel, NotificationKind } from '../../../shared/messages/channels.ts';
import { type CreatedRange, listPage, type Page, type PageRequest } from '../../page.ts';
import type { Database } from '../../tables/database.ts';

export type NotificationStatus = 'pending' | 'sent' | 'skipped' | 'failed' | 'unknown';

export interface NotificationFilter extends CreatedRange {
  /** null: every company. */
  companyId: string | null;
  status?: NotificationStatus | undefined;
  kind?: NotificationKind | undefined;
  channel?: Channel | undefined;
  appointmentId?: string | undefined;
}

function notificationsOfCompanies(db: Kysely<Database>) {
  return db
    .selectFrom('notifications')
    .innerJoin('companies', 'companies.id', 'notifications.company_id')
    .select([
      'notifications.id',
      'companies.slug as company',
      'notifications.customer_id as customerId',
      'notifications.appointment_id as appointmentId',
      'notifications.kind',
      'notifications.channel',
      'notifications.sequence',
      'notifications.status',
      'notifications.reason',
      'notifications.vendor_ref as vendorRef',
      'notifications.switched_from as switchedFrom',
      'notifications.held_until as heldUntil',
      'notifications.delivery',
      'notifications.delivery_at as deliveryAt',
      'notifications.delivery_code as deliveryCode',
      'notifications.created_at as createdAt',
      'notifications.sent_at as sentAt',
    ]);
}

export type NotificationView = Awaited<
  ReturnType<ReturnType<typeof notificationsOfCompanies>['executeTakeFirstOrThrow']>
>;

/** What was, or was not, sent to customers, newest first. */
export async function listNotifications(
  db: Kysely<Database>,
  filter: NotificationFilter,
  page: PageRequest,
): Promise<Page<NotificationView>> {
  const matching = notificationsOfCompanies(db).where((eb) =>
    eb.and({
      ...(filter.companyId === null ? {} : { 'notifications.company_id': filter.companyId }),
      ...(filter.status ? { 'notifications.status': filter.status } : {}),
      ...(filter.kind ? { 'notifications.kind': filter.kind } : {}),
      ...(filter.channel ? { 'notifications.channel': filter.channel } : {}),
      ...(filter.appointmentId ? { 'notifications.appointment_id': filter.appointmentId } : {}),
    }),
  );
  return listPage(matching, 'notifications', filter, page);
}

/** Everything that was sent for one appointment, oldest first. */
export function notificationsOfAppointment(
  db: Kysely<Database>,
  appointmentId: string,
): Promise<NotificationView[]> {
  return notificationsOfCompanies(db)
    .where('notifications.appointment_id', '=', appointmentId)
    .orderBy('notifications.created_at')
    .orderBy('notifications.id')
    .execute();
}
