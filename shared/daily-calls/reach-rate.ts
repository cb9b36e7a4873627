/** Calls and how many of them reached somebody, with what is needed to allow for several calls of one person. */
export interface ReachCounts {
  /** Persons called. */
  users: number;
  calls: number;
  reached: number;
  /** Sum over the persons of calls². */
  callsSquared: number;
  /** Sum over the persons of calls × reached. */
  callsTimesReached: number;
  /** Sum over the persons of reached². */
  reachedSquared: number;
}

export interface ReachRate {
  rate: number;
  /** 95 % confidence interval. */
  low: number;
  high: number;
  /** So many calls of different persons would tell as much. */
  effectiveCalls: number;
}

/** Two-sided 95 % of the standard normal distribution. */
const Z_95 = 1.959963984540054;

/**
 * The reach rate with a 95 % Wilson score interval. The plain interval takes every call for a new draw, but a
 * person who never answers does so every day: it would be too narrow by far. So the number of calls is divided by
 * the design effect first, with the person as cluster (Rao and Scott, "A simple method for the analysis of clustered
 * binary data", Biometrics 48, 1992). Assumes that persons are independent of each other and that a variant has a
 * few dozen of them; says nothing about persons who were not called. Null: there was no call.
 */
export function reachRate(counts: ReachCounts): ReachRate | null {
  const { calls, reached } = counts;
  if (calls === 0) return null;
  const rate = reached / calls;
  const n = effectiveCalls(counts);
  const z2 = Z_95 * Z_95;
  const centre = (rate + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z_95 / (1 + z2 / n)) * Math.sqrt((rate * (1 - rate)) / n + z2 / (4 * n * n));
  return {
    rate,
    // At the ends the formula gives the rate itself, up to a rounding error.
    low: reached === 0 ? 0 : Math.max(0, centre - half),
    high: reached === calls ? 1 : Math.min(1, centre + half),
    effectiveCalls: n,
  };
}

/** Between the number of persons, when all calls of a person end alike, and the number of calls. */
function effectiveCalls({
  users,
  calls,
  reached,
  callsSquared,
  callsTimesReached,
  reachedSquared,
}: ReachCounts): number {
  const rate = reached / calls;
  // Nothing varies, so nothing can be learnt about how alike a person's calls are: the worst is assumed.
  if (reached === 0 || reached === calls || users < 2) return users;
  const spread = reachedSquared - 2 * rate * callsTimesReached + rate * rate * callsSquared;
  const clustered = ((users / (users - 1)) * spread) / (calls * calls);
  const asIfSingle = (rate * (1 - rate)) / (calls - 1);
  const designEffect = Math.max(1, clustered / asIfSingle);
  return calls / designEffect;
}

/**
 * Two-sided p-value of the two-proportion z-test with pooled variance, on effective numbers of calls. Two rates of 0
 * (or of 1) do not differ: 1.
 */
export function pValueOfDifference(a: ReachRate, b: ReachRate): number {
  const pooled =
    (a.rate * a.effectiveCalls + b.rate * b.effectiveCalls) / (a.effectiveCalls + b.effectiveCalls);
  const variance = pooled * (1 - pooled) * (1 / a.effectiveCalls + 1 / b.effectiveCalls);
  if (variance === 0) return 1;
  return erfc(Math.abs(a.rate - b.rate) / Math.sqrt(2 * variance));
}

/**
 * Complementary error function for x ≥ 0, by its continued fraction for large and its series for small values
 * (Abramowitz and Stegun, 7.1.5 and 7.1.14). Good to ten digits.
 */
function erfc(x: number): number {
  if (x > 2) {
    let fraction = x;
    for (let step = 60; step >= 1; step--) fraction = x + step / 2 / fraction;
    return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
  }
  let term = x;
  let sum = x;
  for (let step = 1; step < 60; step++) {
    term *= (-x * x) / step;
    sum += term / (2 * step + 1);
  }
  return 1 - (2 / Math.sqrt(Math.PI)) * sum;
}
