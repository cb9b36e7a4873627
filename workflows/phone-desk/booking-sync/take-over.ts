import { proxyActivities, sleep } from '@temporalio/workflow';
import type { RunActivities } from '../../../activities/operations/run/index.ts';
import type { BookingActivities } from '../../../activities/phone-desk/booking/index.ts';
import type { BookingSyncActivities } from '../../../activities/phone-desk/booking-sync/index.ts';
import type { ComparedPage } from '../../../activities/phone-desk/booking-sync/read-changed.ts';
import type { UpcomingPage } from '../../../activities/phone-desk/booking-sync/read-upcoming.ts';
import type { CalendarChangeActivities } from '../../../activities/phone-desk/calendar-change/index.ts';
import type { DriftKind } from '../../../shared/calendar-sync.ts';
import { isFailure } from '../../../shared/failures.ts';
import { proxySteps } from '../../lib/steps.ts';
import { calendarSyncRead, databaseStep, effectFirstTry } from '../../policies.ts';
import { appointmentChangedSignal, appointmentStart } from '../appointment/contract.ts';
import { calendarChangeStart, calendarNewsSignal } from '../calendar-change/contract.ts';

const steps = proxySteps<BookingSyncActivities>(databaseStep);
const runs = proxySteps<RunActivities>(databaseStep);
const changes = proxyActivities<CalendarChangeActivities>(calendarSyncRead);
const bookings = proxyActivities<BookingActivities>(calendarSyncRead);
const tell = proxySteps<CalendarChangeActivities>(effectFirstTry);

type Drift = ComparedPage['drifts'][number];

/** What a comparison has found so far. */
export interface Found {
  read: number;
  drifts: Partial<Record<DriftKind, number>>;
  /** Appointments that the calendar does not have any more. */
  gone: { appointmentId: string; bookingUid: string }[];
}

/** Below this a pause costs more than it gives. */
const SHORTEST_PAUSE_MS = 50;

/** Settles what differs on a page, one booking after the other, so that live work finds room between them. */
export async function takeOver(
  companyId: string,
  page: ComparedPage | UpcomingPage,
  { found, paceMs }: { found: Found; paceMs: number },
): Promise<void> {
  const pause = () => (paceMs < SHORTEST_PAUSE_MS ? Promise.resolve() : sleep(paceMs));
  for (const drift of page.drifts) {
    count(found, drift.kind);
    if (drift.asked) continue;
    await steps.noteOutcome(companyId, drift, await settle(companyId, drift));
    await pause();
  }
  if (!('missing' in page)) return;
  for (const missing of page.missing) {
    await settleMissing(companyId, missing, found);
    await pause();
  }
}

type Missing = Found['gone'][number];

/** An appointment that is not on the calendar's list: what its booking itself says decides. */
async function settleMissing(companyId: string, missing: Missing, found: Found): Promise<void> {
  const outcome = await adopt(companyId, missing.bookingUid);
  if (outcome === 'unchanged' || outcome === 'under-way') return;
  if (outcome === 'gone') {
    count(found, 'gone-there');
    found.gone.push(missing);
    return;
  }
  const kind = outcome === 'cancelled' ? 'cancelled-there' : 'moved-there';
  count(found, kind);
  const [drift] = await steps.noteMissing(companyId, kind, [missing]);
  if (drift?.asked) return;
  if (outcome === 'conflict') await ask(companyId, missing.bookingUid);
  await steps.noteOutcome(companyId, { ...missing, kind }, outcome);
}

/**
 * Asks about appointments that the calendar does not have any more. Many at once are rather another account than many
 * deletions: that is one alert, and nobody is asked about each.
 */
export async function askAboutGone(companyId: string, gone: Missing[]): Promise<void> {
  const { toAsk } = await steps.noteGone(companyId, gone);
  for (const bookingUid of toAsk) {
    await ask(companyId, bookingUid);
    await steps.noteOutcome(companyId, { bookingUid, kind: 'gone-there' }, 'gone');
  }
}

function count({ drifts }: Found, kind: DriftKind): void {
  drifts[kind] = (drifts[kind] ?? 0) + 1;
}

/** What became of it. One booking that cannot be settled does not hold up the others; it stays in the report. */
async function settle(companyId: string, drift: Drift): Promise<string> {
  const { appointmentId, bookingUid } = drift;
  if (drift.kind !== 'standing-there') {
    const outcome = await adopt(companyId, bookingUid);
    if (outcome === 'conflict') await ask(companyId, bookingUid);
    return outcome;
  }
  try {
    await bookings.cancelCalcomBooking(appointmentId!, 'cancelled on request', bookingUid);
    return 'cancelled-there';
  } catch (error) {
    if (isFailure(error, 'VendorRejected', 'EffectUnknown')) return 'refused';
    throw error;
  }
}

/** Brings a booking to our side, as its webhook does. */
async function adopt(companyId: string, bookingUid: string): Promise<string> {
  const { status, appointment } = await changes.adoptBooking({ companyId, bookingUid });
  if (appointment) {
    const life = appointmentStart({ ...appointment, unsettled: [] });
    await runs.nudgeWorkflow({ ...life, whenClosed: 'start-again' }, appointmentChangedSignal.name);
  }
  return status === 'unchanged' && appointment ? 'under-way' : status;
}

/** What a person must decide the booking's own run asks. */
function ask(companyId: string, bookingUid: string): Promise<void> {
  return runs.nudgeWorkflow(calendarChangeStart({ companyId, bookingUid }), calendarNewsSignal.name);
}

/** Tells a company where both sides had changed; what does not go out now goes out after the next comparison. */
export async function tellWhatIsDue(companyId: string): Promise<void> {
  for (const driftId of await steps.driftsToTell(companyId)) {
    await tell.tellBothChanged(driftId).catch(() => {});
  }
}
