import { continueAsNew, proxyActivities } from '@temporalio/workflow';
import type { RunActivities } from '../../../activities/operations/run/index.ts';
import type { CalendarSweepActivities } from '../../../activities/phone-desk/calendar-sweep/index.ts';
import type { SyncKind } from '../../../shared/calendar-sync.ts';
import type { WorkflowStart } from '../../../shared/workflow-start.ts';
import { databaseBatch, launchBatch } from '../../policies.ts';
import { bookingSyncStart } from '../booking-sync/contract.ts';
import { eventTypeSyncStart } from '../event-type-sync/contract.ts';
import type { CalendarSweepResult } from './contract.ts';

const companies = proxyActivities<CalendarSweepActivities>(databaseBatch);
const runs = proxyActivities<RunActivities>(launchBatch);

/** A history that grows on and on gets slow. */
const BATCHES_PER_RUN = 50;
/**
 * Ten companies a second: neither the calendar nor our workers see all of them at once, and ten thousand are through
 * well within half an hour. None waits for another: one whose calendar hangs holds up itself alone.
 */
const APART_MS = 100;

const starts: Record<SyncKind, (companyId: string, delayMs: number) => WorkflowStart> = {
  bookings: (companyId, delayMs) => bookingSyncStart({ companyId }, delayMs),
  'event-types': (companyId, delayMs) => eventTypeSyncStart({ companyId }, delayMs),
};

export interface SweepProgress {
  after: string | null;
  companies: number;
}

/** Starts the comparison of every company that has a calendar, one after the other; a run that is there is enough. */
export async function calendarSweep(
  kind: SyncKind,
  { after, companies: started }: SweepProgress = { after: null, companies: 0 },
): Promise<CalendarSweepResult> {
  let last = after;
  let count = started;
  for (let batch = 0; batch < BATCHES_PER_RUN; batch += 1) {
    const ids = await companies.connectedCompanies(last);
    const next = ids.at(-1);
    if (next === undefined) return { status: 'swept', companies: count };
    await runs.launchWorkflows(ids.map((id, index) => starts[kind](id, (count + index) * APART_MS)));
    last = next;
    count += ids.length;
  }
  return continueAsNew<typeof calendarSweep>(kind, { after: last, companies: count });
}
