import { expect, it } from 'vitest';
import {
  answerPlan,
  answerPlanSchema,
  answerScripts,
  yesterdaysMetadata,
} from '../../integrations/answer-plan.ts';
import type { Collection, EmulatorKit } from '../../shared/emulator.ts';

/** The part of the kit that a plan uses, in memory. */
function memoryKit(): EmulatorKit {
  const collections = new Map<string, Map<string, unknown>>();
  const collection = <T>(name: string): Collection<T> => {
    const kept = (collections.get(name) ?? new Map()) as Map<string, T>;
    collections.set(name, kept);
    return {
      get: (id) => kept.get(id),
      put: (id, value) => void kept.set(id, value),
      delete: (id) => void kept.delete(id),
      values: () => [...kept.values()],
    };
  };
  return { vendor: 'test', collection } as EmulatorKit;
}

const planned = (seed: unknown) => {
  const plan = answerPlan(memoryKit());
  plan.seed(answerPlanSchema.parse(seed));
  return plan;
};

it('gives a number its turns in order, the last one for ever', () => {
  const plan = planned({ numbers: { '+49301': ['no-answer', { script: 'busy', ring_ms: 7 }, 'answers'] } });
  const courses = Array.from({ length: 4 }, () => plan.next('+49301'));
  expect(courses.map(({ end }) => end)).toEqual(['no-answer', 'busy', 'answers', 'answers']);
  expect(courses.map(({ ringMs }) => ringMs)).toEqual([150, 7, 150, 150]);
});

it('starts a number anew when it is seeded again, and keeps the others', () => {
  const plan = planned({ numbers: { '+1': ['busy', 'answers'], '+2': ['busy', 'answers'] } });
  plan.next('+1');
  plan.next('+2');
  plan.seed(answerPlanSchema.parse({ numbers: { '+1': ['fails', 'answers'] } }));
  expect([plan.next('+1').end, plan.next('+2').end]).toEqual(['fails', 'answers']);
});

it('draws by weight, the same for the same seed in any order', () => {
  const weights = { answers: 6, 'no-answer': 3, busy: 1 };
  const numbers = Array.from({ length: 2_000 }, (_, index) => `+4930${index}`);
  const draw = (seed: number, order: string[]) => {
    const plan = planned({ weights, seed });
    return new Map(order.map((number) => [number, plan.next(number).script]));
  };
  const first = draw(1, numbers);
  const share = (script: string) => [...first.values()].filter((drawn) => drawn === script).length / 2_000;
  expect(share('answers')).toBeCloseTo(0.6, 1);
  expect(share('no-answer')).toBeCloseTo(0.3, 1);
  expect(share('busy')).toBeCloseTo(0.1, 1);
  const backwards = draw(1, numbers.toReversed());
  expect(numbers.map((number) => backwards.get(number))).toEqual(numbers.map((number) => first.get(number)));
  const other = draw(2, numbers);
  expect(numbers.map((number) => other.get(number))).not.toEqual(numbers.map((number) => first.get(number)));
});

it('talks only in calls that were picked up, and reports as the script says', () => {
  for (const script of answerScripts) {
    const course = planned({ numbers: { '+1': [{ script, late_ms: 9 }] } }).next('+1');
    const pickedUp = !['no-answer', 'busy', 'fails'].includes(script);
    expect([course.talkMs > 0, course.durationMs > 0, course.transcript !== ''], script).toEqual([
      pickedUp,
      pickedUp,
      pickedUp,
    ]);
    expect(course.reports, script).toBe({ 'never-reports': 0, 'reports-twice': 2 }[script as string] ?? 1);
    expect(course.lateMs, script).toBe(script === 'reports-late' ? 9 : 0);
  }
  const unheard = planned({ numbers: { '+1': [{ script: 'never-reports', ends: 'no-answer' }] } }).next('+1');
  expect(unheard).toMatchObject({ end: 'no-answer', talkMs: 0, reports: 0 });
});

it('refuses a script that does not exist', () => {
  expect(answerPlanSchema.safeParse({ numbers: { '+1': ['sleeps'] } }).success).toBe(false);
  expect(answerPlanSchema.safeParse({ weights: { sleeps: 1 } }).success).toBe(false);
  expect(answerPlanSchema.safeParse({ numbers: { '+1': [] } }).success).toBe(false);
});

it("moves metadata to the day before, across a month's end too", () => {
  const metadata = { attemptId: 'a1', userId: 'u1', localDate: '2026-03-01' };
  const moved = yesterdaysMetadata(metadata);
  expect(moved).toMatchObject({ userId: 'u1', localDate: '2026-02-28' });
  expect(moved.attemptId).not.toBe('a1');
});
