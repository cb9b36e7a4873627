import type { SeedCompany } from '../../db/seed/companies.ts';
import type { CompanyLimits } from '../../db/tables/companies.ts';
import { addDays, localDate } from '../../shared/time.ts';

export const TIME_ZONE = 'Europe/Berlin';
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
const OPENS_AT_MIN = 8 * 60;
const SLOT_MIN = 30;
const SLOTS_PER_DAY = 20;

/** A fault run looks for lost and repeated effects; quotas would only make it wait. */
export const openLimits: CompanyLimits = {
  apiCallsPerMinute: 100_000,
  mailsPerHourPerCustomer: 1_000,
  smsPerDayPerCustomer: 1_000,
};

/** A company made for the run: everyone works every day from 8 to 18 and does the one service. */
export function faultCompany(index: number, staffCount: number): SeedCompany {
  const slug = `fault-${index}`;
  const staff = Array.from({ length: staffCount }, (_, person) => ({
    name: `Staff ${String(person).padStart(2, '0')}`,
    email: `staff${person}@${slug}.example`,
    hours: [[EVERY_DAY, '08:00', '18:00']] as SeedCompany['staff'][number]['hours'],
  }));
  return {
    slug,
    name: `Fault ${index}`,
    timeZone: TIME_ZONE,
    locale: 'en-GB',
    country: 'DE',
    currency: 'EUR',
    contactEmail: `desk@${slug}.example`,
    smsEnabled: true,
    line: { numberE164: `+49309018${String(3000 + index)}`, agentId: `agent_${slug}` },
    calcomKey: `cal_live_${slug}`,
    staff,
    services: [
      {
        slug: 'consultation',
        name: 'Consultation',
        aliases: [],
        durationMin: SLOT_MIN,
        bufferAfterMin: 0,
        priceCents: 5_000,
        offeredBy: Object.fromEntries(staff.map(({ email }, person) => [email, eventTypeId(index, person)])),
      },
    ],
  };
}

export const eventTypeId = (company: number, person: number) => (company + 1) * 1_000 + person;

/** The n-th slot of a company as a caller says it: local date and time, from the third day on. */
export function wishedSlot(n: number): { date: string; time: string } {
  const minute = OPENS_AT_MIN + (n % SLOTS_PER_DAY) * SLOT_MIN;
  const clock = [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0'));
  const day = 3 + Math.floor(n / SLOTS_PER_DAY);
  return { date: addDays(localDate(new Date(), TIME_ZONE), day), time: clock.join(':') };
}
