import type { z } from 'zod';
import { type Company, listStaff } from '../../../db/companies.ts';
import { readService } from '../../../db/phone-desk/availability/availability.ts';
import { addDays, atLocalMinute, isoAt, localDate } from '../../../shared/time.ts';
import type { ApiDeps } from '../../deps.ts';
import { invalidRequest, notFound } from '../../http-problem.ts';
import { findServiceId, findStaffId, isProblem } from '../offer.ts';
import type { availabilityQuery } from './schema.ts';

/** Free starts of a service by the company's days; a start at which several are free stands once. */
export async function findAvailability(
  { db, availability, clock }: ApiDeps,
  company: Company,
  query: z.output<typeof availabilityQuery>,
) {
  const timeZone = company.time_zone;
  const today = localDate(clock(), timeZone);
  const from = query.from ?? today;
  const serviceId = await findServiceId(db, company.id, query.service, 'service');
  const staffId = await findStaffId(db, company.id, query.staff ?? null, 'staff');
  const problems = [serviceId, staffId].filter(isProblem);
  if (from < today) problems.push({ path: 'from', message: `is in the past; today is ${today}` });
  if (isProblem(serviceId) || isProblem(staffId) || problems.length > 0) throw invalidRequest(problems);
  const service = await readService(db, company.id, serviceId);
  if (!service) throw notFound('service');

  const firstMidnight = atLocalMinute(from, 0, timeZone).getTime();
  const lastMidnight = atLocalMinute(addDays(from, query.days), 0, timeZone).getTime();
  const span = {
    from: new Date(Math.max(firstMidnight, clock().getTime())),
    to: new Date(lastMidnight - 1),
  };
  // A company whose subscription is over takes no new bookings: nothing is free.
  const found = service.newBookings
    ? await availability.freeSlots(service, staffId, span)
    : { slots: [], calendarSaidAt: null, unasked: 0 };
  const emails = new Map((await listStaff(db, company.id)).map(({ id, email }) => [id, email]));
  const byStart = new Map<number, string[]>();
  for (const slot of found.slots) {
    const staff = byStart.get(slot.startsAt.getTime()) ?? [];
    byStart.set(slot.startsAt.getTime(), [...staff, emails.get(slot.staffId) ?? slot.staffId]);
  }
  return {
    service: query.service,
    from,
    days: query.days,
    timeZone,
    items: [...byStart].map(([at, staff]) => {
      const startsAt = new Date(at);
      return { startsAt, local: isoAt(startsAt, timeZone), staff: staff.sort() };
    }),
    calendarSaidAt: found.calendarSaidAt,
    complete: found.unasked === 0,
  };
}
