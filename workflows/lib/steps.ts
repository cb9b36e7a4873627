import { CancellationScope, type LocalActivityOptions, proxyLocalActivities } from '@temporalio/workflow';

type ByName = Record<string, (...args: unknown[]) => Promise<unknown>>;

/**
 * Short repeatable steps inside the workflow task. They are carried out even when the run is being cancelled: a task
 * that was thrown away begins again with the cancellation in front of it, and only by doing again what it has done
 * does it know what there is to undo. A cancellation takes effect where the run waits.
 */
export function proxySteps<A extends object>(policy: LocalActivityOptions): A {
  const local = proxyLocalActivities(policy) as unknown as ByName;
  const steps = new Proxy({} as ByName, {
    get:
      (_target, name: string) =>
      (...args: unknown[]) =>
        CancellationScope.nonCancellable(() => local[name]!(...args)),
  });
  return steps as unknown as A;
}
