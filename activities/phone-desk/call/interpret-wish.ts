import type { CallForWish } from '../../../db/phone-desk/call/call-wish.ts';
import { resolveLocal } from '../../../shared/time.ts';

/** A wish as words: what the provider's analysis, a language model or a person made of the conversation. */
export interface WishedWords {
  intent: 'book' | 'reschedule' | 'cancel' | 'none' | 'unclear';
  service: string | null;
  staff: string | null;
  /** `YYYY-MM-DD` in the company's zone. */
  date: string | null;
  /** `HH:MM` */
  time: string | null;
}

/** A wish the booking understands. */
export interface SlotWish {
  serviceId: string;
  staffId: string | null;
  /** ISO 8601, UTC. */
  startsAt: string;
}

/** What a wish means; `no-such-time` is a local time that a clock change left out. */
export type WishReading =
  | { kind: 'none' }
  | { kind: 'change-request' }
  | { kind: 'slot'; slot: SlotWish }
  | { kind: 'no-such-time'; nearest: SlotWish }
  | { kind: 'unclear'; reasons: string[] };

/**
 * Turns words into a slot of this company, or says what is missing. Only services and staff that the
 * company has are ever understood: nothing a caller says can name anything else.
 */
export function interpretWish(
  words: WishedWords,
  call: Pick<CallForWish, 'services' | 'staff' | 'timeZone'>,
): WishReading {
  if (words.intent === 'none') return { kind: 'none' };
  if (words.intent === 'cancel' || words.intent === 'reschedule') return { kind: 'change-request' };
  const reasons: string[] = [];
  if (words.intent === 'unclear') reasons.push('intent-unclear');

  const service = words.service ? findService(words.service, call.services) : undefined;
  if (!service) reasons.push(words.service ? 'service-unknown' : 'service-missing');
  const staff = words.staff ? findStaff(words.staff, call.staff) : null;
  if (staff === undefined) reasons.push('staff-unknown');
  if (!words.date) reasons.push('date-missing');
  if (!words.time) reasons.push('time-missing');
  const moment = words.date && words.time ? readMoment(words.date, words.time, call.timeZone) : null;
  if (moment === 'invalid') reasons.push('time-invalid');

  if (reasons.length > 0 || !service || staff === undefined || !moment || moment === 'invalid') {
    return { kind: 'unclear', reasons };
  }
  const slot = { serviceId: service.id, staffId: staff?.id ?? null };
  if (moment.kind === 'skipped') {
    return { kind: 'no-such-time', nearest: { ...slot, startsAt: moment.next.toISOString() } };
  }
  return { kind: 'slot', slot: { ...slot, startsAt: moment.at.toISOString() } };
}

const folded = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').trim().toLowerCase();

function findService(said: string, services: CallForWish['services']) {
  const wanted = folded(said);
  return services.find((service) =>
    [service.slug, service.name, ...service.aliases].some((name) => folded(name) === wanted),
  );
}

/** Null: anyone. Undefined: somebody, but nobody here, or more than one. */
function findStaff(said: string, staff: CallForWish['staff']) {
  const wanted = folded(said);
  if (wanted === '' || wanted === 'any' || wanted === 'anyone') return null;
  const matches = staff.filter(
    ({ name, email }) =>
      folded(name) === wanted || email.toLowerCase() === wanted || folded(name).split(/\s+/).includes(wanted),
  );
  return matches.length === 1 ? matches[0] : undefined;
}

function readMoment(date: string, time: string, zone: string) {
  try {
    return resolveLocal(date, time, zone);
  } catch (error) {
    if (error instanceof RangeError) return 'invalid' as const;
    throw error;
  }
}
