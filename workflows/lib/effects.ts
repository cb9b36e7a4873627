import { type ActivityOptions, isCancellation, proxyActivities } from '@temporalio/workflow';
import { findFailure } from '../../shared/failures.ts';
import { effectFirstTry } from '../policies.ts';
import { proxySteps } from './steps.ts';

type ByName = Record<string, (...args: unknown[]) => Promise<unknown>>;

/**
 * Outside effects under a named policy. The first try runs inside the workflow task (no server round trip);
 * when it fails for a passing reason the same effect goes on as an ordinary activity, which the server
 * keeps and repeats. The effect ledger makes the two one effect.
 */
export function proxyEffects<A extends object>(policy: ActivityOptions): A {
  const first = proxySteps<ByName>(effectFirstTry);
  const patient = proxyActivities(policy) as unknown as ByName;
  const effects = new Proxy({} as ByName, {
    get:
      (_target, name: string) =>
      async (...args: unknown[]) => {
        try {
          return await first[name]!(...args);
        } catch (error) {
          if (isCancellation(error) || findFailure(error)?.nonRetryable) throw error;
          return patient[name]!(...args);
        }
      },
  });
  return effects as unknown as A;
}
