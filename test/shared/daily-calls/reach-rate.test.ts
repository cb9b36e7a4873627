import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVariants } from '../../../shared/daily-calls/compare-variants.ts';
import { pValueOfDifference, type ReachCounts, reachRate } from '../../../shared/daily-calls/reach-rate.ts';

/** Counts of persons given as [calls, reached]. */
const countsOf = (persons: [calls: number, reached: number][]): ReachCounts => {
  const sum = (of: (calls: number, reached: number) => number) =>
    persons.reduce((total, [calls, reached]) => total + of(calls, reached), 0);
  return {
    users: persons.length,
    calls: sum((calls) => calls),
    reached: sum((_, reached) => reached),
    callsSquared: sum((calls) => calls * calls),
    callsTimesReached: sum((calls, reached) => calls * reached),
    reachedSquared: sum((_, reached) => reached * reached),
  };
};
/** One call each. */
const single = (users: number, reached: number) =>
  countsOf(Array.from({ length: users }, (_, index) => [1, index < reached ? 1 : 0]));
/** `days` calls each, of which each person takes all or none. */
const alike = (users: number, takers: number, days: number) =>
  countsOf(Array.from({ length: users }, (_, index) => [days, index < takers ? days : 0]));

describe('the reach rate', () => {
  // Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I.
  it.each([
    [263, 81, 0.2553, 0.3662],
    [148, 15, 0.0624, 0.1605],
    [20, 0, 0, 0.1611],
    [29, 1, 0.0061, 0.1718],
  ])(
    'of %d persons called once, %d reached, has the published Wilson interval',
    (users, reached, low, high) => {
      const rate = reachRate(single(users, reached))!;
      expect(rate.effectiveCalls).toBeCloseTo(users, 6);
      expect(rate.low).toBeCloseTo(low, 4);
      expect(rate.high).toBeCloseTo(high, 4);
    },
  );

  // n = 10, x = 0 and 10: the published Wilson limits are z²/(n+z²) = 0.2775 and its mirror.
  it('has an interval also at its ends', () => {
    expect(reachRate(single(10, 0))).toMatchObject({ rate: 0, low: 0, high: expect.closeTo(0.27753, 5) });
    expect(reachRate(single(10, 10))).toMatchObject({ rate: 1, low: expect.closeTo(0.72247, 5), high: 1 });
  });

  it('of nobody is none', () => expect(reachRate(countsOf([]))).toBeNull());

  it('learns nothing from calling the same persons again and again with the same end', () => {
    const once = reachRate(alike(50, 20, 1))!;
    const daily = reachRate(alike(50, 20, 30))!;
    expect(once.effectiveCalls).toBeCloseTo(50, 6);
    expect(daily.effectiveCalls).toBeCloseTo(49, 0);
    expect(daily.high - daily.low).toBeCloseTo(once.high - once.low, 2);
    expect(reachRate(alike(50, 0, 30))?.effectiveCalls).toBe(50);
  });

  it('counts every call where persons take some calls and miss others', () => {
    const mixed = countsOf(Array.from({ length: 50 }, () => [10, 4]));
    expect(reachRate(mixed)?.effectiveCalls).toBe(500);
  });

  const person = fc
    .tuple(fc.integer({ min: 1, max: 60 }), fc.nat(60))
    .map(([calls, reached]): [number, number] => [calls, Math.min(calls, reached)]);
  it('lies within its interval, which lies within 0 and 1', () => {
    fc.assert(
      fc.property(fc.array(person, { minLength: 1, maxLength: 80 }), (persons) => {
        const counts = countsOf(persons);
        const { rate, low, high, effectiveCalls } = reachRate(counts)!;
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(rate);
        expect(high).toBeGreaterThanOrEqual(rate);
        expect(effectiveCalls).toBeGreaterThan(0);
        expect(effectiveCalls).toBeLessThanOrEqual(counts.calls);
      }),
    );
  });
});

describe('the test of a difference', () => {
  const rate = (of: number, effectiveCalls: number) => ({ rate: of, effectiveCalls, low: 0, high: 1 });

  // 0.2 apart with a standard error of √(0.25 × 0.02): z = 2.8284.
  it.each([
    [rate(0.6, 100), rate(0.4, 100), 0.004677735],
    [rate(0.5, 100), rate(0.5, 100), 1],
    [rate(0, 100), rate(0, 40), 1],
  ])('has the p-value of the z-test', (a, b, expected) => {
    const p = pValueOfDifference(a, b);
    expect(p).toBeCloseTo(expected, 8);
    expect(p).toBe(pValueOfDifference(b, a));
  });

  it.each([
    [0.5, 0.617075077],
    [1, 0.317310508],
    [1.959963985, 0.05],
    [3, 0.002699796],
    [5, 5.733e-7],
  ])('is right at z = %f', (z, expected) => {
    // Two rates around one half whose pooled standard error is known.
    const difference = z * Math.sqrt(0.25 * (2 / 10_000));
    const p = pValueOfDifference(rate(0.5 + difference / 2, 10_000), rate(0.5 - difference / 2, 10_000));
    expect(p / expected).toBeCloseTo(1, 4);
  });
});

describe('the verdict', () => {
  it.each([
    ['one variant alone', [single(500, 250)]],
    ['99 calls', [single(99, 10), single(1_000, 900)]],
    ['29 persons', [alike(29, 10, 30), single(1_000, 900)]],
    ['no variants', []],
  ])('is not given for %s', (_what, variants) => {
    expect(compareVariants(variants)).toEqual({ verdict: 'not-enough-data', pValue: null });
  });

  it('tells a difference from none', () => {
    expect(compareVariants([single(400, 240), single(400, 160)]).verdict).toBe('difference');
    expect(compareVariants([single(400, 205), single(400, 195)]).verdict).toBe('no-difference');
  });

  it('does not take ten days of the same few persons for ten times as many persons', () => {
    // 3,000 calls and 53 % against 43 %: overwhelming if calls were independent, nothing for 30 persons.
    const variants = [alike(30, 16, 100), alike(30, 13, 100)];
    expect(compareVariants(variants).verdict).toBe('no-difference');
    expect(compareVariants([single(3_000, 1_600), single(3_000, 1_300)]).verdict).toBe('difference');
  });

  it('asks more of a pair among many', () => {
    const pair = [single(400, 220), single(400, 191)];
    expect(compareVariants(pair).verdict).toBe('difference');
    expect(compareVariants([...pair, single(400, 205), single(400, 206)]).verdict).toBe('no-difference');
  });

  it('sees a difference where there is none about 5 times in 100, whatever persons are like', () => {
    let state = 7;
    const random = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
    // Half of the people answer 9 of 10 calls, the others 1 of 10; both variants are the same.
    const sample = () =>
      countsOf(
        Array.from({ length: 60 }, () => {
          const habit = random() < 0.5 ? 0.9 : 0.1;
          return [10, Array.from({ length: 10 }, random).filter((draw) => draw < habit).length];
        }),
      );
    const trials = 1_000;
    let false_ = 0;
    for (let trial = 0; trial < trials; trial++)
      if (compareVariants([sample(), sample()]).verdict === 'difference') false_ += 1;
    expect(false_ / trials).toBeGreaterThan(0.02);
    expect(false_ / trials).toBeLessThan(0.08);
  });
});
