import type { StandingFault } from '../emulator-control.ts';
import type { Report } from '../report.ts';
import type { DailyBooks } from './books.ts';
import type { DailyVerdict } from './compare.ts';
import { mostAtOnce } from './dial-rules.ts';
import { groupBy } from './group-by.ts';
import { byUser } from './user-books.ts';

export interface DailyFacts {
  kills: number;
  faults: StandingFault[];
  disturbedMs: number;
  drainedMs: number;
  callsAtOnce: number;
  /** When the first sweep could take place. */
  sweptFrom: Date;
}

/** The three books side by side, with what the run went through. */
export function dailyReport(books: DailyBooks, verdict: DailyVerdict, run: DailyFacts): Report {
  const { users, days, attempts, dials, openReviews } = books;
  const due = users.filter(({ expected }) => expected !== 'not-in-this-run');
  const dialled = attempts.filter(({ status }) => status !== 'planned' && status !== 'withdrawn');
  const lateness = latenessOf(books, run.sweptFrom);
  const at = (share: number) =>
    `${((lateness[Math.floor(lateness.length * share)] ?? 0) / 1_000).toFixed(1)} s`;
  const seconds = (run.disturbedMs + run.drainedMs) / 1_000;
  return {
    rows: [
      { what: 'users', sentIn: users.length, database: '–', vendor: '–' },
      { what: 'days of due users', sentIn: due.length, database: days.length, vendor: '–' },
      {
        what: 'days that have ended',
        sentIn: '–',
        database: days.filter(({ status }) => status === 'ended').length,
        vendor: '–',
      },
      { what: 'calls', sentIn: '–', database: dialled.length, vendor: dials.length },
    ],
    facts: {
      ...counts('day ended', days, ({ outcome }) => outcome ?? 'not'),
      ...counts('attempt', attempts, ({ status }) => status),
      'workers killed': run.kills,
      ...Object.fromEntries(run.faults.map(({ plan, hits }) => [`${plan.vendor} ${plan.mode}`, hits])),
      'most calls at once': `${mostAtOnce(byUser(books))} of ${run.callsAtOnce}`,
      'first call late p50': at(0.5),
      'first call late p99': at(0.99),
      'calls per second': (dials.length / seconds).toFixed(1),
      'disturbed for': `${(run.disturbedMs / 1_000).toFixed(1)} s`,
      'rest came to its end in': `${(run.drainedMs / 1_000).toFixed(1)} s`,
    },
    withPerson: openReviews.length,
    offences: { ...verdict },
  };
}

/** From the moment a first call could be made to its dial, sorted. */
function latenessOf(books: DailyBooks, sweptFrom: Date): number[] {
  return byUser(books)
    .flatMap(({ user, dials: [first] }) =>
      first ? [first.at.getTime() - Math.max(user.dueAt.getTime(), sweptFrom.getTime())] : [],
    )
    .sort((a, b) => a - b);
}

function counts<Row>(what: string, rows: Row[], nameOf: (row: Row) => string): Record<string, number> {
  const groups = [...groupBy(rows, nameOf)].sort(([, a], [, b]) => b.length - a.length);
  return Object.fromEntries(groups.map(([name, { length }]) => [`${what} ${name}`, length]));
}
