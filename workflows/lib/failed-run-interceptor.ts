import {
  CancellationScope,
  ContinueAsNew,
  isCancellation,
  proxyLocalActivities,
  TemporalFailure,
  type WorkflowInterceptorsFactory,
  workflowInfo,
} from '@temporalio/workflow';
import type { RunActivities } from '../../activities/operations/run/index.ts';
import { databaseStep } from '../policies.ts';

const runs = proxyLocalActivities<RunActivities>(databaseStep);

/** The innermost message of an error chain: what really happened. */
function rootMessage(error: Error): string {
  return error.cause instanceof Error ? rootMessage(error.cause) : error.message;
}

/** A run that ends failed leaves one row for the operators before it fails. */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  inbound: [
    {
      async execute(input, next) {
        try {
          return await next(input);
        } catch (error) {
          const failed =
            error instanceof TemporalFailure && !(error instanceof ContinueAsNew) && !isCancellation(error);
          if (failed) {
            const { workflowType, workflowId, runId, taskQueue, attempt } = workflowInfo();
            await CancellationScope.nonCancellable(() =>
              runs.recordFailedRun({
                workflowType,
                workflowId,
                runId,
                taskQueue,
                attempts: attempt,
                firstError: rootMessage(error),
                lastError: error.message,
                tags: [],
              }),
            );
          }
          throw error;
        }
      },
    },
  ],
});
