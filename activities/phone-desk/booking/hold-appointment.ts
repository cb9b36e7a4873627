import { readCandidates, readService } from '../../../db/phone-desk/availability/availability.ts';
import { holdSlot, readAppointment } from '../../../db/phone-desk/booking/booking.ts';
import type { Deps } from '../../../platform/deps.ts';
import { worksDuring } from '../../../shared/phone-desk/working-hours.ts';
import type { BookingInput, UnavailableReason } from '../../../workflows/phone-desk/booking/contract.ts';

const MINUTE_MS = 60_000;

export type HoldResult =
  | { status: 'held'; staffId: string; startsAt: string }
  | { status: 'not-available'; reason: UnavailableReason }
  | { status: 'invalid'; reason: string };

/**
 * Validate, CheckAvailability and CreateAppointment in one step: the first staff member who offers the
 * service, works then and is free gets the appointment, held by the exclusion constraint. `refused` are
 * staff members whose calendar has said no. A repeat finds its own hold.
 */
export async function holdAppointment(
  deps: Deps,
  input: BookingInput,
  refused: string[],
): Promise<HoldResult> {
  const { db } = deps;
  const startsAt = new Date(input.startsAt);
  if (Number.isNaN(startsAt.getTime())) return { status: 'invalid', reason: 'startsAt is not a moment' };
  const own = await readAppointment(db, input.appointmentId);
  if (own?.status === 'held' || own?.status === 'booked') {
    return { status: 'held', staffId: own.staff_id, startsAt: own.starts_at.toISOString() };
  }
  const service = await readService(db, input.companyId, input.serviceId);
  if (!service) return { status: 'not-available', reason: 'not-offered' };
  if (!service.newBookings) return { status: 'not-available', reason: 'no-subscription' };
  if (startsAt <= deps.clock()) return { status: 'not-available', reason: 'in-the-past' };

  const endsAt = new Date(startsAt.getTime() + service.durationMin * MINUTE_MS);
  const blockedFrom = new Date(startsAt.getTime() - service.bufferBeforeMin * MINUTE_MS);
  const blockedTo = new Date(endsAt.getTime() + service.bufferAfterMin * MINUTE_MS);
  const candidates = await readCandidates(db, service.id, input.staffId, startsAt);
  if (candidates.length === 0) return { status: 'not-available', reason: 'not-offered' };
  const working = candidates.filter((candidate) => worksDuring(candidate, startsAt, endsAt));
  if (working.length === 0) return { status: 'not-available', reason: 'outside-working-hours' };

  for (const candidate of working.filter(({ free, staffId }) => free && !refused.includes(staffId))) {
    const held = await holdSlot(db, {
      appointmentId: input.appointmentId,
      companyId: input.companyId,
      customerId: input.customerId,
      callId: input.callId,
      source: input.source,
      staffId: candidate.staffId,
      serviceId: service.id,
      startsAt,
      endsAt,
      blockedFrom,
      blockedTo,
      timeZone: candidate.timeZone,
      eventTypeId: candidate.eventTypeId,
    });
    if (held) return { status: 'held', staffId: candidate.staffId, startsAt: startsAt.toISOString() };
  }
  return { status: 'not-available', reason: 'taken' };
}
