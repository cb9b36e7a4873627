import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { runLimits } from '../limits.ts';
import type { Limit } from './plan.ts';

const LIMIT_MS = 120_000;

const limits: Limit[] = [
  { kind: 'rate', name: 'fast', permits: 20, windowMs: 500, wanting: 16 },
  { kind: 'rate', name: 'slow', permits: 30, windowMs: 1_000, wanting: 24 },
  {
    ...{ kind: 'places', name: 'calls', max: 8, groupMax: 5, wanting: 24 },
    holdMs: { from: 150, to: 250 },
  },
];

let databases: TestDatabase[];
beforeAll(async () => {
  databases = await Promise.all([createTestDatabase(), createTestDatabase()]);
});
afterAll(() => Promise.all(databases.map((database) => database.drop())));

it(
  'no limit is passed and nothing is lost while the processes that share it are killed',
  async () => {
    const { url } = databases[0]!;
    // Windows as short as these are used badly on a busy machine; the long run asks for 98 %.
    const report = await runLimits({ permits: 550, seed: 1, limits, atLeast: 0.5, databaseUrl: url });
    expect(report.offences).toEqual({ over: [], unused: [], repeated: [], lost: [] });
    expect(report.facts['workers killed']).toBeGreaterThan(0);
    expect(report.facts['orders handed on']).toBeGreaterThan(0);
  },
  LIMIT_MS,
);

it(
  'a limiter that counts and then takes is noticed',
  async () => {
    const { url } = databases[1]!;
    const { offences } = await runLimits({
      ...{ permits: 250, seed: 1, limits, atLeast: 0, databaseUrl: url },
      mutant: 'count-then-take',
    });
    expect(offences.over).not.toEqual([]);
  },
  LIMIT_MS,
);
