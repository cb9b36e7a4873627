import { pValueOfDifference, type ReachCounts, type ReachRate, reachRate } from './reach-rate.ts';

/** Below these a test would mostly tell chance: the normal approximation needs calls, the clusters need persons. */
export const needed = { firstAttempts: 100, users: 30 } as const;

const SIGNIFICANCE = 0.05;

export type Verdict = 'not-enough-data' | 'difference' | 'no-difference';

export interface Comparison {
  verdict: Verdict;
  /** Of the two variants that differ most, times the number of pairs; null without a verdict. */
  pValue: number | null;
}

export const isEnough = ({ calls, users }: ReachCounts): boolean =>
  calls >= needed.firstAttempts && users >= needed.users;

/**
 * Whether variants of a script reach differently many people, by their first calls of a day: retries only follow
 * failures, so they would favour the variant that fails. Each pair is tested at 5 % over the number of pairs
 * (Bonferroni). "No difference" means that none was shown, not that there is none; who looks every day until a
 * difference shows will see one that does not exist more often than 5 times in 100.
 */
export function compareVariants(variants: ReachCounts[]): Comparison {
  if (variants.length < 2 || !variants.every(isEnough)) return { verdict: 'not-enough-data', pValue: null };
  const rates = variants.map(reachRate).filter((rate): rate is ReachRate => rate !== null);
  const pValues = rates.flatMap((one, index) =>
    rates.slice(index + 1).map((other) => pValueOfDifference(one, other)),
  );
  const pValue = Math.min(1, Math.min(...pValues) * pValues.length);
  return { verdict: pValue < SIGNIFICANCE ? 'difference' : 'no-difference', pValue };
}
