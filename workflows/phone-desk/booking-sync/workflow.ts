import { continueAsNew, proxyActivities, setHandler, uuid4, workflowInfo } from '@temporalio/workflow';
import type { BookingSyncActivities } from '../../../activities/phone-desk/booking-sync/index.ts';
import type { SyncEnd } from '../../../shared/calendar-sync.ts';
import { News } from '../../lib/news.ts';
import { proxySteps } from '../../lib/steps.ts';
import { syncEndOf } from '../../lib/sync-end.ts';
import { calendarSyncRead, databaseStep } from '../../policies.ts';
import { type BookingSyncInput, type BookingSyncResult, syncAskedSignal } from './contract.ts';
import { askAboutGone, type Found, takeOver, tellWhatIsDue } from './take-over.ts';

const steps = proxySteps<BookingSyncActivities>(databaseStep);
const calendar = proxyActivities<BookingSyncActivities>(calendarSyncRead);

type Begun = NonNullable<Awaited<ReturnType<BookingSyncActivities['beginBookingSync']>>>;

/** How far a comparison has come; carried over when its history has grown long. */
export interface Progress extends Begun {
  /** First what has changed there, then what stands there from now on. */
  phase: 'changes' | 'upcoming';
  found: Found;
  /** Somebody has asked again meanwhile. */
  asked: boolean;
}

/**
 * Compares a company's bookings with its calendar, both ways: what has changed there since the last time, then all that
 * stands there from now on. What differs is noted for the drift report and settled by the rule of its kind.
 */
export async function bookingSync(input: BookingSyncInput, goOn?: Progress): Promise<BookingSyncResult> {
  const { companyId } = input;
  const news = new News();
  setHandler(syncAskedSignal, () => news.arrived());
  let progress = goOn;
  for (;;) {
    news.read();
    progress ??= await begin(companyId);
    const ended = progress ? await compare(input, progress, news) : 'not-connected';
    if (!news.unread && !progress?.asked) return { status: ended };
    progress = undefined;
  }
}

async function begin(companyId: string): Promise<Progress | undefined> {
  const begun = await steps.beginBookingSync(companyId, uuid4());
  if (!begun) return undefined;
  return { ...begun, phase: 'changes', found: { read: 0, drifts: {}, gone: [] }, asked: false };
}

async function compare(
  input: BookingSyncInput,
  progress: Progress,
  news: News,
): Promise<BookingSyncResult['status']> {
  const { companyId } = input;
  const { syncId, found } = progress;
  const finish = (status: SyncEnd, reason?: string) => {
    const { read, drifts } = found;
    const detail = { read, drifts, ...(reason ? { reason } : {}) };
    return steps.finishBookingSync(companyId, syncId, { status, detail });
  };
  try {
    await readAll(input, progress, news);
    await askAboutGone(companyId, found.gone);
    await tellWhatIsDue(companyId);
    await finish('synced');
    return 'synced';
  } catch (error) {
    const status = syncEndOf(error);
    await finish(status ?? 'failed', (error as Error).message);
    if (status) return status;
    throw error;
  }
}

/** Page by page; what the calendar has said so far stays true, whatever comes of the rest. */
async function readAll(input: BookingSyncInput, progress: Progress, news: News): Promise<void> {
  const { companyId } = input;
  for (;;) {
    const page =
      progress.phase === 'changes'
        ? await calendar.readChanged(companyId, progress.changes)
        : await calendar.readUpcoming(companyId, progress.upcoming);
    await takeOver(companyId, page, progress);
    progress.found.read += page.read;
    if (progress.phase === 'changes') {
      progress.changes = page.next;
      await steps.advanceWatermark(companyId, page.next.from);
      if (!page.more) progress.phase = 'upcoming';
    } else {
      progress.upcoming = page.next;
      if (!page.more) return;
    }
    if (!workflowInfo().continueAsNewSuggested) continue;
    progress.asked ||= news.unread;
    await continueAsNew<typeof bookingSync>(input, progress);
  }
}
