import { expect, it } from 'vitest';
import { runOutage } from './outage.ts';
import { isCleanReport } from './report.ts';

const LIMIT_MS = 120_000;

it(
  'books what was asked for while the calendar was down, each once',
  async () => {
    const report = await runOutage({ minutes: 0.05, bookings: 6, workers: 1, durable: false });
    expect(report.offences).toEqual({ lost: [], double: [], 'over the limit': [], slower: [] });
    expect(isCleanReport(report)).toBe(true);
    expect(report.rows[0]).toMatchObject({ sentIn: 9, database: 9, vendor: 9 });
    expect(report.facts['answered 503']).toBeGreaterThan(0);
  },
  LIMIT_MS,
);
