import { AsyncLocalStorage } from 'node:async_hooks';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { TRACE_HEADER } from '../shared/trace.ts';

/** The W3C `traceparent` under which the current work is done. */
const current = new AsyncLocalStorage<string>();

/** Does work under the trace of the event that caused it. */
export function withTrace<T>(traceParent: string | null, work: () => T): T {
  return traceParent ? current.run(traceParent, work) : work();
}

/** The trace id (32 hex digits) of the current work, or null outside of any. */
export function currentTraceId(): string | null {
  return current.getStore()?.slice(3, 35) ?? null;
}

function withHeader<I extends { headers: Record<string, unknown> }>(input: I): I {
  const traceParent = current.getStore();
  if (!traceParent) return input;
  const payload = defaultPayloadConverter.toPayload(traceParent);
  return { ...input, headers: { ...input.headers, [TRACE_HEADER]: payload } };
}

/** Hands the current trace to every run that a client starts. */
export const traceClientInterceptor: WorkflowClientInterceptor = {
  start: (input, next) => next(withHeader(input)),
  signalWithStart: (input, next) => next(withHeader(input)),
};

/** Gives an activity the trace of its run. */
export const traceActivityInterceptor: ActivityInterceptorsFactory = () => ({
  inbound: {
    execute(input, next) {
      const header = input.headers[TRACE_HEADER];
      const traceParent = header ? defaultPayloadConverter.fromPayload<string>(header) : null;
      return withTrace(traceParent, () => next(input));
    },
  },
});
