import { proxyActivities, setHandler, uuid4 } from '@temporalio/workflow';
import type { EventTypeSyncActivities } from '../../../activities/phone-desk/event-type-sync/index.ts';
import type { SyncEnd } from '../../../shared/calendar-sync.ts';
import { News } from '../../lib/news.ts';
import { proxySteps } from '../../lib/steps.ts';
import { syncEndOf } from '../../lib/sync-end.ts';
import { calendarSyncRead, databaseStep } from '../../policies.ts';
import { type EventTypeSyncInput, type EventTypeSyncResult, eventTypesAskedSignal } from './contract.ts';

const steps = proxySteps<EventTypeSyncActivities>(databaseStep);
const calendar = proxyActivities<EventTypeSyncActivities>(calendarSyncRead);

/**
 * Compares a company's event types with its calendar: who works there, what the teams and each of them offer. Everything
 * is read first; then one transaction brings it to our side, so that half a list withdraws nothing.
 */
export async function eventTypeSync({ companyId }: EventTypeSyncInput): Promise<EventTypeSyncResult> {
  const news = new News();
  setHandler(eventTypesAskedSignal, () => news.arrived());
  for (;;) {
    news.read();
    const syncId = await steps.beginEventTypeSync(companyId, uuid4());
    const status = syncId ? await compare(companyId, syncId) : 'not-connected';
    if (!news.unread) return { status };
  }
}

async function compare(companyId: string, syncId: string): Promise<EventTypeSyncResult['status']> {
  const finish = (status: SyncEnd, detail: Record<string, unknown>) =>
    steps.finishEventTypeSync(companyId, syncId, { status, detail });
  try {
    await readAll(companyId, syncId);
    await finish('synced', await steps.settleEventTypes(companyId, syncId));
    return 'synced';
  } catch (error) {
    const status = syncEndOf(error);
    await finish(status ?? 'failed', { reason: (error as Error).message });
    if (status) return status;
    throw error;
  }
}

async function readAll(companyId: string, syncId: string): Promise<void> {
  for (const teamId of await calendar.readAccount(companyId, syncId)) {
    await calendar.readTeam(companyId, syncId, teamId);
  }
  for (const userId of await steps.listMembersSeen(companyId, syncId)) {
    await calendar.readMember(companyId, syncId, userId);
  }
}
