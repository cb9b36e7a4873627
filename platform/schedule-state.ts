import { type Client, ScheduleNotFoundError, WorkflowNotFoundError } from '@temporalio/client';
import { msNumberToTs, tsToDate } from '@temporalio/common/lib/time.js';

/** How a run of a schedule ended; `gone`: Temporal does not remember it any more. */
export type RunOutcome =
  | 'running'
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'terminated'
  | 'timed-out'
  | 'continued'
  | 'gone';

export interface ScheduledRun {
  workflowId: string;
  scheduledAt: Date;
  startedAt: Date;
  outcome: RunOutcome;
  endedAt: Date | null;
}

/** What Temporal says of a schedule. */
export interface ScheduleState {
  paused: boolean;
  /** Why it is paused, or what it is there for. */
  note: string;
  nextRuns: Date[];
  /** Workflow ids of runs that are under way. */
  running: string[];
  /** The newest first. */
  recentRuns: ScheduledRun[];
  counts: { started: number; skippedWhileRunning: number; missed: number };
}

/** A server that does not answer must not hold a page for longer. */
const DEADLINE_MS = 5_000;
const NEXT_RUNS = 5;

const outcomes: Partial<Record<string, RunOutcome>> = {
  RUNNING: 'running',
  PAUSED: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed-out',
  CONTINUED_AS_NEW: 'continued',
};

/** Asks Temporal for a schedule with its newest `runs` runs (Temporal keeps ten); null: it has none of this id. */
export async function readScheduleState(
  client: Client,
  id: string,
  runs: number,
): Promise<ScheduleState | null> {
  return client.withDeadline(Date.now() + DEADLINE_MS, async () => {
    try {
      const { state, info } = await client.schedule.getHandle(id).describe();
      const newest = info.recentActions.slice(-runs).reverse();
      return {
        paused: state.paused,
        note: state.note ?? '',
        nextRuns: state.paused ? [] : info.nextActionTimes.slice(0, NEXT_RUNS),
        running: info.runningActions.map(({ workflow }) => workflow.workflowId),
        recentRuns: await Promise.all(
          newest.map(async ({ scheduledAt, takenAt, action }) => ({
            workflowId: action.workflow.workflowId,
            scheduledAt,
            startedAt: takenAt,
            ...(await readOutcome(client, action.workflow.workflowId)),
          })),
        ),
        counts: {
          started: info.numActionsTaken,
          skippedWhileRunning: info.numActionsSkippedOverlap,
          missed: info.numActionsMissedCatchupWindow,
        },
      };
    } catch (error) {
      if (error instanceof ScheduleNotFoundError) return null;
      throw error;
    }
  });
}

/** Of the newest run under this id: a run that goes on as a new one is still the same work. */
async function readOutcome(
  client: Client,
  workflowId: string,
): Promise<Pick<ScheduledRun, 'outcome' | 'endedAt'>> {
  try {
    const { status, closeTime } = await client.workflow.getHandle(workflowId).describe();
    return { outcome: outcomes[status.name] ?? 'gone', endedAt: closeTime ?? null };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { outcome: 'gone', endedAt: null };
    throw error;
  }
}

/** The moments from `from` to `to`, both included, at which the schedule would run; at most `limit` + 1 of them. */
export async function scheduledMoments(
  client: Client,
  namespace: string,
  id: string,
  { from, to, limit }: { from: Date; to: Date; limit: number },
): Promise<Date[]> {
  const { startTime } = await client.withDeadline(Date.now() + DEADLINE_MS, () =>
    client.workflowService.listScheduleMatchingTimes({
      namespace,
      scheduleId: id,
      // The server leaves the start out, and its backfill takes it in.
      startTime: msNumberToTs(from.getTime() - 1),
      endTime: msNumberToTs(to.getTime()),
    }),
  );
  return startTime.slice(0, limit + 1).map(tsToDate);
}
