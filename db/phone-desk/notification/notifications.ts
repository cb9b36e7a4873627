import { type Kysely, sql } from 'kysely';
import {
  type Channel,
  type ChannelFacts,
  type NotificationKind,
  nextChannel,
  planChannels,
} from '../../../shared/messages/channels.ts';
import type { Delivery } from '../../../shared/messages/delivery.ts';
import type { Alongside } from '../../effects.ts';
import type { NotificationStatus } from '../../tables/appointments.ts';
import type { Database } from '../../tables/database.ts';
import { toBeSent } from '../../to-be-sent.ts';
import type { AppointmentWithCustomer } from '../booking/booking.ts';
import { toChannelFacts } from './channel-facts.ts';

export interface NotificationRef {
  id: string;
  channel: Channel;
}

/** Files what is to be said about an appointment; returns what is to be sent. A repeat returns the same rows. */
export async function fileNotifications(
  db: Kysely<Database>,
  { appointment, customer, facts }: AppointmentWithCustomer,
  kind: NotificationKind,
): Promise<NotificationRef[]> {
  const { company_id, customer_id, id: appointment_id, sequence } = appointment;
  const rows = await db
    .insertInto('notifications')
    .values(
      planChannels(toChannelFacts(facts, customer, kind)).map(({ channel, skipReason }) => ({
        company_id,
        customer_id,
        appointment_id,
        kind,
        sequence,
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
export function confirmationFiled({ customer, facts }: AppointmentWithCustomer): Alongside {
  const planned = planChannels(toChannelFacts(facts, customer, 'confirmation')).map(
    ({ channel, skipReason }) => sql`(${channel}::text, ${skipReason}::text)`,
  );
  return sql`
    filed AS (
      INSERT INTO notifications
        (company_id, customer_id, appointment_id, kind, sequence, channel, status, reason)
      SELECT b.company_id, b.customer_id, b.id, 'confirmation', b.sequence, c.channel,
        CASE WHEN c.reason IS NULL THEN 'pending' ELSE 'skipped' END, c.reason
      FROM booked b, (VALUES ${sql.join(planned)}) AS c (channel, reason)
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
    UPDATE notifications SET status = 'sent', reason = NULL, vendor_ref = ${vendorRef}, sent_at = now(),
      held_until = NULL
    WHERE id = ${id} AND status NOT IN ('sent', 'failed')
  )`;

/** It did not go out, or nobody knows. */
export async function failNotification(
  db: Kysely<Database>,
  id: string,
  status: 'failed' | 'unknown' | 'skipped',
  reason: string,
): Promise<void> {
  await db
    .updateTable('notifications')
    .set({ status, reason, held_until: null })
    .where('id', '=', id)
    .where('status', '<>', 'sent')
    .execute();
}

/** It waits for the end of quiet hours. */
export async function holdNotification(db: Kysely<Database>, id: string, until: Date): Promise<void> {
  await db
    .updateTable('notifications')
    .set({ held_until: until })
    .where('id', '=', id)
    .where('status', '=', 'pending')
    .execute();
}

/** The notification that took over from this one and is still to be sent. */
export async function followerOf(db: Kysely<Database>, id: string): Promise<NotificationRef | null> {
  const rows = await db
    .selectFrom('notifications')
    .where('switched_from', '=', id)
    .select(['id', 'channel', 'status'])
    .execute();
  return toBeSent(rows)[0] ?? null;
}

/** The last message of those that took over from each other, beginning with this one. */
export async function lastOfChain(
  db: Kysely<Database>,
  id: string,
): Promise<{ id: string; status: NotificationStatus } | undefined> {
  const { rows } = await sql<{ id: string; status: NotificationStatus }>`
    WITH RECURSIVE chain AS (
      SELECT id, status, 1 AS step FROM notifications WHERE id = ${id}
      UNION ALL
      SELECT n.id, n.status, c.step + 1 FROM notifications n JOIN chain c ON n.switched_from = c.id
    )
    SELECT id, status FROM chain ORDER BY step DESC LIMIT 1`.execute(db);
  return rows[0];
}

/** How a message has failed for good, and what the provider reported if it had taken the message before. */
export interface FinalFailure {
  /** `skipped`: it was not tried. */
  status: 'failed' | 'skipped';
  reason: string;
  /** The customer has said no on this channel. */
  optedOut: boolean;
  report?: { delivery: Delivery; code: string | null; at: Date };
}

/**
 * Ends a message that cannot arrive on its channel. When no other channel carries it, the next of the customer's
 * order takes it over: returns that one, unless it has gone out already. One transaction, and once: a repeat returns
 * the same. Two channels of a message that fail at the same time follow each other here.
 */
export async function failAndSwitch(
  db: Kysely<Database>,
  id: string,
  factsOf: () => ChannelFacts,
  { status: end, reason, optedOut, report }: FinalFailure,
): Promise<NotificationRef | null> {
  return db.transaction().execute(async (trx) => {
    const siblings = await trx
      .selectFrom('notifications as n')
      .innerJoin('notifications as mine', (join) =>
        join
          .onRef('mine.appointment_id', '=', 'n.appointment_id')
          .onRef('mine.kind', '=', 'n.kind')
          .onRef('mine.sequence', '=', 'n.sequence'),
      )
      .where('mine.id', '=', id)
      .select(['n.id', 'n.channel', 'n.status', 'n.switched_from', 'n.company_id', 'n.customer_id'])
      .select(['n.appointment_id', 'n.kind', 'n.sequence'])
      .orderBy('n.id')
      .forUpdate('n')
      .execute();
    const mine = siblings.find((each) => each.id === id);
    if (!mine || (mine.status === 'sent' && !report)) return null;
    await trx
      .updateTable('notifications')
      .set({
        status: end,
        reason,
        held_until: null,
        ...(report && {
          delivery: report.delivery,
          delivery_code: report.code,
          delivery_at: report.at,
        }),
      })
      .where('id', '=', id)
      .execute();
    const follower = siblings.find((each) => each.switched_from === id);
    if (follower) return toBeSent([follower])[0] ?? null;
    const carried = siblings.some(({ id: other, status }) => other !== id && isCarrying(status));
    const tried = siblings.map(({ channel }) => channel);
    const channel = carried ? null : nextChannel(factsOf(), tried, optedOut);
    if (!channel) return null;
    const { company_id, customer_id, appointment_id, kind, sequence } = mine;
    return trx
      .insertInto('notifications')
      .values({
        company_id,
        customer_id,
        appointment_id,
        kind,
        sequence,
        channel,
        switched_from: id,
        reason: null,
      })
      .returning(['id', 'channel'])
      .executeTakeFirstOrThrow();
  });
}

const isCarrying = (status: string) => status === 'pending' || status === 'sent' || status === 'unknown';
