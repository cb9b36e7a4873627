import type { CalcomBooking, CalcomClient } from '../../../integrations/calcom/client.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { Effect } from '../../../platform/effects.ts';
import { calcomQuota } from '../../../shared/calcom-quota.ts';

/** The entry of a booking's metadata that says which of our effects made it. */
export const EFFECT_KEY = 'switchboardKey';

const DAY_MS = 86_400_000;

interface AppointmentRow {
  id: string;
  company_id: string;
  calcom_event_type_id: number;
  starts_at: Date;
  staff_id: string;
}

/** One booking per appointment, staff member and time: a second try elsewhere is another effect. */
export function bookingEffectKey(appointment: AppointmentRow): string {
  return `booking:${appointment.id}:${appointment.staff_id}:${appointment.starts_at.toISOString()}`;
}

/** The booking that an effect made, found by its metadata; null: there surely is none. */
export async function findBookingByKey(
  calcom: CalcomClient,
  appointment: AppointmentRow,
  key: string,
): Promise<CalcomBooking | null> {
  const { items } = await calcom.listBookings({
    eventTypeId: String(appointment.calcom_event_type_id),
    afterStart: new Date(appointment.starts_at.getTime() - DAY_MS).toISOString(),
    beforeEnd: new Date(appointment.starts_at.getTime() + 2 * DAY_MS).toISOString(),
  });
  // A moved booking hands its metadata on; the one that stands is the one that counts.
  const made = items.filter((booking) => booking.metadata?.[EFFECT_KEY] === key);
  return made.find((booking) => booking.status === 'accepted') ?? made[0] ?? null;
}

export interface BookingMade {
  uid: string;
}

/** What every effect at Cal.com has: the company's share of API calls, and Cal.com's table of errors. */
export async function calcomEffect(deps: Deps, appointment: { id: string; company_id: string }) {
  const { limits } = await deps.companySettings(appointment.company_id);
  return {
    vendor: 'calcom',
    companyId: appointment.company_id,
    entity: appointment.id,
    quota: calcomQuota(appointment.company_id, limits),
    classify: deps.calcomFailure,
  };
}

/** The parts of the booking effect that doing and undoing share. */
export async function bookingEffect(
  deps: Deps,
  calcom: CalcomClient,
  appointment: AppointmentRow,
): Promise<Omit<Effect<BookingMade>, 'perform'>> {
  const key = bookingEffectKey(appointment);
  return {
    ...(await calcomEffect(deps, appointment)),
    key,
    operation: 'bookings.create',
    lookUp: async () => {
      const found = await findBookingByKey(calcom, appointment, key);
      return found ? { uid: found.uid } : null;
    },
  };
}
