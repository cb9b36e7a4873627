import { Context } from '@temporalio/activity';
import type { Deps } from '../../../platform/deps.ts';
import type { WorkflowStart } from '../../../shared/workflow-start.ts';

export interface FailedRun {
  workflowType: string;
  workflowId: string;
  runId: string;
  taskQueue: string;
  attempts: number;
  firstError: string;
  lastError: string;
  tags: string[];
}

const STARTS_AT_ONCE = 20;

/** Runs that start or note other runs. */
export function createRunActivities({ db, starter }: Deps) {
  return {
    /**
     * Starts a run that outlives this one. Cheaper than a child, and as safe: the id is a business id, so a
     * repeat joins what is there.
     */
    async launchWorkflow(start: WorkflowStart): Promise<void> {
      await starter.start(start);
    },
    /** Starts a run, or tells the one that is there by a signal without content that something is new to read. */
    async nudgeWorkflow(start: WorkflowStart, signal: string): Promise<void> {
      await starter.startOrSignal(start, signal);
    },
    /** Starts many runs, some at a time, and heartbeats between them. A repeat joins what is there. */
    async launchWorkflows(starts: WorkflowStart[]): Promise<void> {
      for (let first = 0; first < starts.length; first += STARTS_AT_ONCE) {
        const some = starts.slice(first, first + STARTS_AT_ONCE);
        await Promise.all(some.map((start) => starter.start(start)));
        Context.current().heartbeat();
      }
    },
    /** One row per failed run, however often it is written. */
    async recordFailedRun(run: FailedRun): Promise<void> {
      await db
        .insertInto('failed_runs')
        .values({
          workflow_type: run.workflowType,
          workflow_id: run.workflowId,
          run_id: run.runId,
          task_queue: run.taskQueue,
          attempts: run.attempts,
          first_error: run.firstError,
          last_error: run.lastError,
          tags: run.tags,
        })
        .onConflict((conflict) => conflict.column('run_id').doNothing())
        .execute();
    },
  };
}

export type RunActivities = ReturnType<typeof createRunActivities>;
