import type { Headers, WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { TRACE_HEADER } from '../../shared/trace.ts';

/** Passes the trace that a run was started under on to its activities: from the webhook to the effect. */
export const interceptors: WorkflowInterceptorsFactory = () => {
  let trace: Headers = {};
  const traced = <I extends { headers: Headers }>(input: I): I => ({
    ...input,
    headers: { ...input.headers, ...trace },
  });
  return {
    inbound: [
      {
        execute(input, next) {
          const header = input.headers[TRACE_HEADER];
          if (header) trace = { [TRACE_HEADER]: header };
          return next(input);
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => next(traced(input)),
        scheduleLocalActivity: (input, next) => next(traced(input)),
      },
    ],
  };
};
