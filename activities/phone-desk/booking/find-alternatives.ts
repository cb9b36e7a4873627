import {
  type Candidate,
  readBusy,
  readCandidates,
  readService,
  type Service,
} from '../../../db/phone-desk/availability.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { Alternative } from '../../../workflows/phone-desk/booking/contract.ts';
import { freeStarts } from './working-hours.ts';

const DAY_MS = 86_400_000;
const OFFERED = 3;
const WINDOW_DAYS = 7;

export interface Wanted {
  companyId: string;
  serviceId: string;
  staffId: string | null;
  startsAt: string;
}

/**
 * Up to three free starts nearest to the wished one, within a week of it and never in the past. Our own
 * calendar decides; Cal.com narrows it down when it can be asked.
 */
export async function findAlternatives(deps: Deps, wanted: Wanted): Promise<Alternative[]> {
  const service = await readService(deps.db, wanted.companyId, wanted.serviceId);
  if (!service) return [];
  const wished = new Date(wanted.startsAt).getTime();
  const now = deps.clock().getTime();
  const from = new Date(Math.max(now, wished - (WINDOW_DAYS / 2) * DAY_MS));
  const window = { from, to: new Date(Math.max(from.getTime(), wished) + WINDOW_DAYS * DAY_MS) };
  const candidates = await readCandidates(deps.db, service.id, wanted.staffId, from);
  const perStaff = await Promise.all(
    candidates.map((candidate) => freeStartsOf(deps, service, candidate, window)),
  );
  const nearest = perStaff
    .flat()
    .sort((a, b) => Math.abs(a.at - wished) - Math.abs(b.at - wished) || a.at - b.at);
  const byStart = new Map(nearest.reverse().map((slot) => [slot.at, slot]));
  return [...byStart.values()]
    .sort((a, b) => Math.abs(a.at - wished) - Math.abs(b.at - wished) || a.at - b.at)
    .slice(0, OFFERED)
    .map(({ at, staffId }) => ({ startsAt: new Date(at).toISOString(), staffId }));
}

async function freeStartsOf(
  deps: Deps,
  service: Service,
  candidate: Candidate,
  window: { from: Date; to: Date },
): Promise<{ at: number; staffId: string }[]> {
  const busy = await readBusy(deps.db, candidate.staffId, window.from, window.to);
  const buffers = { beforeMin: service.bufferBeforeMin, afterMin: service.bufferAfterMin };
  const ours = [...freeStarts(candidate, window, service.durationMin, buffers, busy)];
  const theirs = await calendarStarts(deps, service.companyId, candidate.eventTypeId, window);
  return ours
    .map((at) => at.getTime())
    .filter((at) => theirs === null || theirs.has(at))
    .map((at) => ({ at, staffId: candidate.staffId }));
}

/** Null: the calendar cannot be asked now, and an offer is better than none. */
async function calendarStarts(
  deps: Deps,
  companyId: string,
  eventTypeId: number,
  window: { from: Date; to: Date },
): Promise<Set<number> | null> {
  try {
    const calcom = await deps.calcom(companyId);
    const starts = await calcom.freeStarts({
      eventTypeId,
      start: window.from.toISOString(),
      end: window.to.toISOString(),
    });
    return new Set(starts.map((start) => Date.parse(start)));
  } catch (error) {
    deps.log.warn({ companyId, reason: deps.calcomFailure(error).code }, 'alternatives without the calendar');
    return null;
  }
}
