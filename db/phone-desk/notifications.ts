import { type Kysely, sql } from 'kysely';
import type { Vault } from '../../platform/vault.ts';
import type { Alongside } from '../effects.ts';
import type { NotificationChannel, NotificationKind } from '../tables/appointments.ts';
import type { Database } from '../tables/database.ts';
import { toBeSent } from '../to-be-sent.ts';
import type { AppointmentWithCustomer } from './booking.ts';
import { customerColumns, toCustomer } from './people.ts';

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
function planChannels(
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
  { appointment, customer, smsEnabled }: AppointmentWithCustomer,
  kind: NotificationKind,
): Promise<NotificationRef[]> {
  const rows = await db
    .insertInto('notifications')
    .values(
      planChannels(customer, smsEnabled).map(({ channel, skipReason }) => ({
        company_id: appointment.company_id,
        customer_id: appointment.customer_id,
        appointment_id: appointment.id,
        kind,
        sequence: appointment.sequence,
        channel,
        status: skipReason ? ('skipped' as const) : ('pending' as const),
        reason: skipReason,
      })),
    )
    // Only a row that is written comes back: a repeat writes what is there already.
    .onConflict((conflict) =>
      conflict
        .columns(['appointment_id', 'kind', 'channel', 'sequence'])
        .doUpdateSet((set) => ({ status: set.ref('notifications.status') })),
    )
    .returning(['id', 'channel', 'status'])
    .execute();
  return toBeSent(rows);
}

/** Files the confirmation with the booking itself: part of the statement of `appointmentBooked`. */
export function confirmationFiled({ customer, smsEnabled }: AppointmentWithCustomer): Alongside {
  const channels = planChannels(customer, smsEnabled).map(
    ({ channel, skipReason }) => sql`(${channel}::text, ${skipReason}::text)`,
  );
  return sql`
    filed AS (
      INSERT INTO notifications
        (company_id, customer_id, appointment_id, kind, sequence, channel, status, reason)
      SELECT b.company_id, b.customer_id, b.id, 'confirmation', b.sequence, c.channel,
        CASE WHEN c.reason IS NULL THEN 'pending' ELSE 'skipped' END, c.reason
      FROM booked b, (VALUES ${sql.join(channels)}) AS c (channel, reason)
      ON CONFLICT (appointment_id, kind, channel, sequence) DO UPDATE SET status = excluded.status, reason = excluded.reason
        WHERE notifications.reason = 'booking-undone'
    )`;
}

/** What has been filed about an appointment as it stands now, and is still to be sent. */
export async function readUnsent(
  db: Kysely<Database>,
  { id, sequence }: { id: string; sequence: number },
  kind: NotificationKind,
): Promise<NotificationRef[]> {
  const rows = await db
    .selectFrom('notifications')
    .where('appointment_id', '=', id)
    .where('kind', '=', kind)
    .where('sequence', '=', sequence)
    .select(['id', 'channel', 'status'])
    .execute();
  return toBeSent(rows);
}

/** It went out; alongside the effect that sent it. */
export const notificationSent = (id: string, vendorRef: string | null): Alongside => sql`
  sent AS (
    UPDATE notifications SET status = 'sent', reason = NULL, vendor_ref = ${vendorRef}, sent_at = now()
    WHERE id = ${id} AND status <> 'sent'
  )`;

/** It did not go out, or nobody knows. */
export async function failNotification(
  db: Kysely<Database>,
  id: string,
  status: 'failed' | 'unknown',
  reason: string,
): Promise<void> {
  await db
    .updateTable('notifications')
    .set({ status, reason })
    .where('id', '=', id)
    .where('status', '<>', 'sent')
    .execute();
}

/** A notification with what its text needs to know, and its customer (null: erased). */
export async function readNotification(db: Kysely<Database>, vault: Vault, id: string) {
  const row = await db
    .selectFrom('notifications')
    .innerJoin('appointments', 'appointments.id', 'notifications.appointment_id')
    .innerJoin('companies', 'companies.id', 'appointments.company_id')
    .innerJoin('services', 'services.id', 'appointments.service_id')
    .innerJoin('staff', 'staff.id', 'appointments.staff_id')
    .innerJoin('customers', 'customers.id', 'notifications.customer_id')
    .leftJoin('person_keys', 'person_keys.id', 'customers.person_id')
    .where('notifications.id', '=', id)
    .select(customerColumns)
    .select([
      'notifications.id',
      'notifications.kind',
      'notifications.channel',
      'notifications.status',
      'notifications.company_id',
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
  if (!row) return undefined;
  const { wrapped_key } = row;
  return { ...row, customer: wrapped_key ? toCustomer(vault, { ...row, wrapped_key }) : null };
}

export type NotificationRow = NonNullable<Awaited<ReturnType<typeof readNotification>>>;
