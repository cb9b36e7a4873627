import { expect, it } from 'vitest';
import { runCallBooking } from './call-booking.ts';

/** A killed worker's task comes back after 10 s, its effect after 12 s; a busy machine needs several rounds. */
const LIMIT_MS = 240_000;

/** A run on data that is thrown away, small enough for every `npm test`. */
const small = { seed: 1, durable: false, perSecond: 20, drainMs: 150_000 };

it(
  'loses, repeats and strands nothing when a worker is killed and answers get lost',
  async () => {
    const { verdict, books, facts } = await runCallBooking({
      ...small,
      chains: 12,
      workers: 2,
      maxKills: 1,
      faultRate: 0.25,
    });
    expect(verdict).toMatchObject({ lost: [], repeated: [], stuck: [] });
    expect(books.calls).toHaveLength(12);
    expect(facts['workers killed']).toBe(1);
  },
  LIMIT_MS,
);

it(
  'notices a worker without the effect ledger',
  async () => {
    const { verdict } = await runCallBooking({
      ...small,
      chains: 4,
      workers: 1,
      maxKills: 0,
      faultRate: 0.5,
      mutant: 'no-ledger',
    });
    expect(verdict.repeated).not.toEqual([]);
  },
  LIMIT_MS,
);
