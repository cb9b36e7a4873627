import { clearAlert, raiseAlert } from '../../../db/alerts.ts';
import { appointmentsBehind } from '../../../db/phone-desk/booking-sync/booking-sync.ts';
import { type NotedDrift, noteDrifts } from '../../../db/phone-desk/booking-sync/calendar-drift.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { DriftKind } from '../../../shared/calendar-sync.ts';
import { sideHere } from './compare.ts';

/** So many may be deleted by hand between two comparisons; more look like another account. */
const DELETED_BY_HAND = 5;

interface Missing {
  appointmentId: string;
  bookingUid: string;
}

/** Notes appointments that stand here and not (so) in the calendar. */
export async function noteMissing(
  deps: Deps,
  companyId: string,
  kind: DriftKind,
  missing: Missing[],
): Promise<NotedDrift[]> {
  const uids = missing.map(({ bookingUid }) => bookingUid);
  const ours = await appointmentsBehind(deps.db, companyId, uids, []);
  const byId = new Map(ours.map((row) => [row.id, row]));
  const drifts = missing.map(({ appointmentId, bookingUid }) => {
    const row = byId.get(appointmentId);
    return { appointmentId, bookingUid, kind, here: row ? sideHere(row) : null, there: null };
  });
  return noteDrifts(deps.db, companyId, drifts);
}

/** Notes appointments that the calendar does not have any more; returns the bookings that a person is to be asked about. */
export async function noteGone(deps: Deps, companyId: string, gone: Missing[]): Promise<{ toAsk: string[] }> {
  const noted = await noteMissing(deps, companyId, 'gone-there', gone);
  const alert = { kind: 'calendar-bookings-gone', companyId, entity: 'calcom' } as const;
  if (gone.length > DELETED_BY_HAND) {
    await raiseAlert(deps.db, { ...alert, detail: { bookings: gone.length } });
    return { toAsk: [] };
  }
  await clearAlert(deps.db, alert);
  return { toAsk: noted.filter(({ asked }) => !asked).map(({ bookingUid }) => bookingUid) };
}
