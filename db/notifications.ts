import type { Kysely } from 'kysely';
import type { NotificationChannel, NotificationKind } from './tables/appointments.ts';
import type { Database } from './tables/database.ts';

export interface NotificationRef {
  id: string;
  channel: NotificationChannel;
}

interface Planned {
  channel: NotificationChannel;
  /** Why this channel is not used; null: it is. */
  skipReason: string | null;
}

/** Which channels a customer can and may be reached on. */
export function planChannels(
  customer: { email: string | null; phoneIsMobile: boolean; smsOptedOut: boolean },
  smsEnabled: boolean,
): Planned[] {
  const smsReason = !smsEnabled
    ? 'not-enabled'
    : !customer.phoneIsMobile
      ? 'no-mobile-number'
      : customer.smsOptedOut
        ? 'opted-out'
        : null;
  return [
    { channel: 'email', skipReason: customer.email ? null : 'no-address' },
    { channel: 'sms', skipReason: smsReason },
  ];
}

/** Files what is to be said about an appointment; returns what is to be sent. A repeat returns the same rows. */
export async function fileNotifications(
  db: Kysely<Database>,
  about: {
    companyId: string;
    customerId: string;
    appointmentId: string;
    kind: NotificationKind;
    sequence: number;
  },
  channels: Planned[],
): Promise<NotificationRef[]> {
  await db
    .insertInto('notifications')
    .values(
      channels.map(({ channel, skipReason }) => ({
        company_id: about.companyId,
        customer_id: about.customerId,
        appointment_id: about.appointmentId,
        kind: about.kind,
        sequence: about.sequence,
        channel,
        status: skipReason ? ('skipped' as const) : ('pending' as const),
        reason: skipReason,
      })),
    )
    .onConflict((conflict) => conflict.columns(['appointment_id', 'kind', 'channel', 'sequence']).doNothing())
    .execute();
  return db
    .selectFrom('notifications')
    .where('appointment_id', '=', about.appointmentId)
    .where('kind', '=', about.kind)
    .where('sequence', '=', about.sequence)
    .where('status', 'in', ['pending', 'unknown'])
    .select(['id', 'channel'])
    .orderBy('channel')
    .execute();
}

export async function finishNotification(
  db: Kysely<Database>,
  id: string,
  status: 'sent' | 'failed' | 'unknown',
  reason: string | null,
  vendorRef: string | null,
): Promise<void> {
  await db
    .updateTable('notifications')
    .set({ status, reason, vendor_ref: vendorRef, ...(status === 'sent' ? { sent_at: new Date() } : {}) })
    .where('id', '=', id)
    .where('status', '<>', 'sent')
    .execute();
}

/** A notification with what its text needs to know. */
export function readNotification(db: Kysely<Database>, id: string) {
  return db
    .selectFrom('notifications')
    .innerJoin('appointments', 'appointments.id', 'notifications.appointment_id')
    .innerJoin('companies', 'companies.id', 'appointments.company_id')
    .innerJoin('services', 'services.id', 'appointments.service_id')
    .innerJoin('staff', 'staff.id', 'appointments.staff_id')
    .where('notifications.id', '=', id)
    .select([
      'notifications.id',
      'notifications.kind',
      'notifications.channel',
      'notifications.status',
      'notifications.company_id',
      'notifications.customer_id',
      'notifications.appointment_id',
      'notifications.sequence',
      'notifications.created_at',
      'appointments.starts_at',
      'appointments.ends_at',
      'companies.name as company_name',
      'companies.contact_email as company_email',
      'services.name as service_name',
      'staff.name as staff_name',
    ])
    .executeTakeFirst();
}

export type NotificationRow = NonNullable<Awaited<ReturnType<typeof readNotification>>>;
