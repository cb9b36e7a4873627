import { readService } from '../../../db/phone-desk/availability/availability.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { Alternative } from '../../../workflows/phone-desk/booking/contract.ts';

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
 * Up to three free starts nearest to the wished one, within a week of it and never in the past. An offer that the
 * calendar could not be asked about is better than none: only booking tells.
 */
export async function findAlternatives(deps: Deps, wanted: Wanted): Promise<Alternative[]> {
  const service = await readService(deps.db, wanted.companyId, wanted.serviceId);
  if (!service?.newBookings) return [];
  const wished = new Date(wanted.startsAt).getTime();
  const now = deps.clock().getTime();
  const from = new Date(Math.max(now, wished - (WINDOW_DAYS / 2) * DAY_MS));
  const span = { from, to: new Date(Math.max(from.getTime(), wished) + WINDOW_DAYS * DAY_MS) };
  const { slots } = await deps.availability.freeSlots(service, wanted.staffId, span);
  const far = (at: Date) => Math.abs(at.getTime() - wished);
  const nearest = slots.sort((a, b) => far(a.startsAt) - far(b.startsAt) || +a.startsAt - +b.startsAt);
  const seen = new Set<number>();
  return nearest
    .filter(({ startsAt }) => !seen.has(+startsAt) && seen.add(+startsAt))
    .slice(0, OFFERED)
    .map(({ startsAt, staffId }) => ({ startsAt: startsAt.toISOString(), staffId }));
}
