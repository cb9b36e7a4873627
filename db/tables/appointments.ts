import type { ColumnType, Generated } from 'kysely';
import type { Channel, NotificationKind } from '../../shared/messages/channels.ts';
import type { Delivery } from '../../shared/messages/delivery.ts';
import type { CreatedAt, Json, NullableTime, Timestamp, UpdatedAt } from './columns.ts';

export type AppointmentStatus = 'held' | 'booked' | 'released' | 'cancelled' | 'completed';

export interface AppointmentsTable {
  id: string;
  company_id: string;
  customer_id: string;
  staff_id: string;
  service_id: string;
  call_id: string | null;
  source: 'call' | 'api' | 'calcom';
  status: AppointmentStatus;
  starts_at: Timestamp;
  ends_at: Timestamp;
  /** `tstzmultirange` text: the appointment with its buffers; the old and the new time while it moves. */
  blocked: string;
  time_zone: string;
  sequence: Generated<number>;
  calcom_event_type_id: number;
  calcom_booking_uid: string | null;
  status_reason: string | null;
  counted_at: Timestamp | null;
  /** When the calendar told that the customer did not come. */
  no_show_at: Timestamp | null;
  created_at: CreatedAt;
  updated_at: UpdatedAt;
}

export interface BookingRequestsTable {
  /** The appointment that the booking makes; also the id of the request. */
  appointment_id: string;
  company_id: string;
  customer_id: string;
  service_id: string;
  staff_id: string | null;
  starts_at: Timestamp;
  /** `accepted`, then one of the booking's end states (workflows/phone-desk/booking/contract.ts). */
  status: Generated<string>;
  detail: Json<Record<string, unknown>> | null;
  created_at: CreatedAt;
  finished_at: Timestamp | null;
}

export interface AppointmentRequestsTable {
  id: string;
  appointment_id: string;
  kind: 'cancel' | 'reschedule';
  starts_at: Timestamp | null;
  reason: string | null;
  /** `calendar`: it has happened there already; here it is carried out. */
  source: Generated<'api' | 'calendar'>;
  booking_uid: string | null;
  status: Generated<'accepted' | 'done' | 'refused'>;
  refusal: string | null;
  created_at: CreatedAt;
  finished_at: Timestamp | null;
}

export type NotificationStatus = 'pending' | 'sent' | 'skipped' | 'failed' | 'unknown';

export interface NotificationsTable {
  id: Generated<string>;
  company_id: string;
  customer_id: string;
  appointment_id: string;
  kind: NotificationKind;
  channel: Channel;
  /** The appointment's sequence the notification speaks of. */
  sequence: number;
  status: Generated<NotificationStatus>;
  reason: string | null;
  vendor_ref: string | null;
  /** The notification that could not arrive on its own channel. */
  switched_from: ColumnType<string | null, string | null | undefined, string | null>;
  /** Quiet hours hold it until then. */
  held_until: NullableTime;
  /** What the provider has reported since it took the message. */
  delivery: ColumnType<Delivery | null, Delivery | null | undefined, Delivery | null>;
  delivery_at: NullableTime;
  delivery_code: ColumnType<string | null, string | null | undefined, string | null>;
  created_at: CreatedAt;
  sent_at: Timestamp | null;
}

export interface BookingStatisticsTable {
  company_id: string;
  local_day: string;
  booked: Generated<number>;
  cancelled: Generated<number>;
  revenue_cents: Generated<string>;
}
