import type { Hours, SeedCompany } from '../../db/seed/companies.ts';
import { addDays, localDate } from '../../shared/time.ts';

const COMPANIES = 30;
const STAFF = 4;
const SLOT_MIN = 30;
const OPENS_AT_MIN = 6 * 60;
const SLOTS_PER_DAY = 32;
const ZONE = 'Europe/Berlin';
const hours: Hours = [[[1, 2, 3, 4, 5, 6, 7], '06:00', '22:00']];

const staffName = (staff: number) => `Person${staff} Bench`;

/** Companies with so much room that no caller ever wants the slot of another. */
export const benchCompanies: SeedCompany[] = Array.from({ length: COMPANIES }, (_, company) => {
  const emails = Array.from({ length: STAFF }, (_, staff) => `person${staff}-${company}@bench.example`);
  return {
    slug: `bench-${company}`,
    name: `Bench ${company}`,
    timeZone: ZONE,
    locale: 'de-DE',
    country: 'DE',
    currency: 'EUR',
    contactEmail: `desk-${company}@bench.example`,
    smsEnabled: true,
    line: { numberE164: `+4930901${String(company).padStart(4, '0')}`, agentId: `agent_bench_${company}` },
    calcomKey: `cal_live_bench_${company}`,
    staff: emails.map((email, staff) => ({ name: staffName(staff), email, hours })),
    services: [
      {
        slug: 'checkup',
        name: 'Check-up',
        aliases: [],
        durationMin: SLOT_MIN,
        bufferAfterMin: 0,
        priceCents: 5_000,
        offeredBy: Object.fromEntries(emails.map((email, staff) => [email, 1_000 + company * STAFF + staff])),
      },
    ],
  };
});

export interface PlannedCall {
  vendorCallId: string;
  /** Bodies of the provider's events, in order. */
  events: { type: 'call_ended' | 'call_analyzed'; body: Buffer }[];
}

export const vendorCallIdOf = (index: number) => `call_bench_${index}`;

/** The call with this number: a caller of its own who wants a slot of its own. */
export function planCall(index: number): PlannedCall {
  const company = benchCompanies[index % COMPANIES] as SeedCompany;
  const turn = Math.floor(index / COMPANIES);
  const slot = Math.floor(turn / STAFF);
  const minute = OPENS_AT_MIN + (slot % SLOTS_PER_DAY) * SLOT_MIN;
  const time = [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
  const date = addDays(localDate(new Date(), ZONE), 3 + Math.floor(slot / SLOTS_PER_DAY));
  const vendorCallId = vendorCallIdOf(index);
  const call = {
    call_id: vendorCallId,
    call_type: 'phone_call',
    agent_id: company.line.agentId,
    call_status: 'ended',
    direction: 'inbound',
    from_number: `+491511${String(index).padStart(7, '0')}`,
    to_number: company.line.numberE164,
    start_timestamp: Date.now() - 120_000,
    end_timestamp: Date.now() - 30_000,
    duration_ms: 90_000,
    disconnection_reason: 'user_hangup',
    transcript: `Agent: Guten Tag!\nUser: Ich hätte gern einen Check-up am ${date} um ${time}.\n`.repeat(6),
  };
  const call_analysis = {
    call_summary: 'The caller asked for a check-up.',
    call_successful: true,
    custom_analysis_data: {
      booking_requested: true,
      service: 'checkup',
      staff: staffName(turn % STAFF),
      date,
      time,
      customer_name: `Caller ${index}`,
      customer_email: `caller-${index}@bench.example`,
    },
  };
  const encode = (event: string, about: object) => Buffer.from(JSON.stringify({ event, call: about }));
  return {
    vendorCallId,
    events: [
      { type: 'call_ended', body: encode('call_ended', call) },
      { type: 'call_analyzed', body: encode('call_analyzed', { ...call, call_analysis }) },
    ],
  };
}
