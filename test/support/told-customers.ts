import { randomUUID } from 'node:crypto';
import { fileNotification } from '../../activities/phone-desk/appointment/file-notification.ts';
import { sendNotification } from '../../activities/phone-desk/notification/send-notification.ts';
import { findOrCreateCustomer } from '../../db/phone-desk/people.ts';
import type { Channel, NotificationKind } from '../../shared/messages/channels.ts';
import { eventually, type TestBed } from './test-bed.ts';
import { newCaller } from './wishes.ts';

const HOUR_MS = 3_600_000;

/** Customers of the seeded companies who are told about appointments that stand in no calendar. */
export function toldCustomers({ deps }: TestBed) {
  const { db, vault } = deps;
  const companyId = async (slug: string) =>
    (await db.selectFrom('companies').where('slug', '=', slug).select('id').executeTakeFirstOrThrow()).id;

  const told = {
    salon: () => companyId('salon-lindgruen'),
    dental: () => companyId('northside-dental'),

    /** Somebody with this number and this order of channels. */
    async customerOf(company: string, phone: string, channels: Channel[], locale = 'de-DE') {
      const email = `${randomUUID()}@example.com`;
      const { customerId } = await findOrCreateCustomer(db, vault, {
        companyId: company,
        phoneE164: phone,
        phoneIsMobile: true,
        name: 'Lena Hoffmann',
        email,
        timeZone: 'Europe/Berlin',
        locale,
      });
      await db
        .updateTable('customers')
        .set({ notify_channels: channels })
        .where('id', '=', customerId)
        .execute();
      return { customerId, email };
    },

    /** An appointment at the salon of somebody with this order of channels; in three days unless said otherwise. */
    async booked(channels: Channel[], startsAt = new Date(Date.now() + 72 * HOUR_MS)) {
      const company = await told.salon();
      const phone = newCaller();
      const customer = await told.customerOf(company, phone, channels);
      const of = (table: 'services' | 'staff') =>
        db.selectFrom(table).where('company_id', '=', company).select('id').executeTakeFirstOrThrow();
      const appointmentId = randomUUID();
      await db
        .insertInto('appointments')
        .values({
          id: appointmentId,
          company_id: company,
          customer_id: customer.customerId,
          staff_id: (await of('staff')).id,
          service_id: (await of('services')).id,
          call_id: null,
          source: 'api',
          status: 'booked',
          starts_at: startsAt,
          ends_at: new Date(startsAt.getTime() + HOUR_MS),
          // Who blocks nothing overlaps nobody.
          blocked: '{}',
          time_zone: 'Europe/Berlin',
          calcom_event_type_id: 1,
          calcom_booking_uid: null,
          status_reason: null,
          counted_at: null,
          no_show_at: null,
        })
        .execute();
      return { ...customer, appointmentId, companyId: company, phone };
    },

    /** Files a message and sends its first channel. */
    async tell(appointmentId: string, kind: NotificationKind = 'confirmation'): Promise<string> {
      const [first] = await fileNotification(deps, appointmentId, kind);
      await sendNotification(deps, first!.id);
      return first!.id;
    },

    rows: (appointmentId: string) =>
      db
        .selectFrom('notifications')
        .where('appointment_id', '=', appointmentId)
        .selectAll()
        .orderBy('created_at')
        .execute(),

    blocks: (customerId: string) =>
      db
        .selectFrom('channel_blocks')
        .where('customer_id', '=', customerId)
        .select(['channel', 'reason', 'source'])
        .execute(),

    /** Waits until everything that came in has been handed over. */
    noPending: () =>
      eventually('the inbox to be empty', async () => {
        const left = await db
          .selectFrom('inbox_events')
          .where('status', '=', 'pending')
          .select('id')
          .execute();
        return left.length === 0 ? true : undefined;
      }),
  };
  return told;
}

export type ToldCustomers = ReturnType<typeof toldCustomers>;
