import { saveChecks } from '../../../db/health.ts';
import type { Deps } from '../../../platform/deps.ts';
import { crossingCheck } from '../../../shared/health.ts';
import { taskQueues } from '../../../shared/task-queues.ts';
import type { Crossing } from '../../../workflows/operations/smoke-test/contract.ts';

/** What the `smoke-test` chain does on its own queue. */
export function createSmokeTestActivities({ db }: Deps) {
  return {
    /** Asked, not known: a run that has begun keeps to what it was told, also when queues come or go. */
    queuesToCross: async (): Promise<string[]> => Object.values(taskQueues),
    /** Writes down how each queue was crossed, with the alerts that follow. */
    saveCrossings: (crossings: Crossing[]): Promise<void> =>
      db.transaction().execute((trx) =>
        saveChecks(
          trx,
          'smoke-test',
          crossings.map(({ taskQueue, latencyMs }) => ({
            ...{ name: crossingCheck(taskQueue), ok: latencyMs !== null, patience: 1, latencyMs },
            detail: latencyMs === null ? { reason: 'not-crossed' } : {},
          })),
        ),
      ),
  };
}

export type SmokeTestActivities = ReturnType<typeof createSmokeTestActivities>;

/** What every queue can do: nothing, in time. */
export const crossingActivities = { crossQueue: async (): Promise<void> => {} };

export type CrossingActivities = typeof crossingActivities;
