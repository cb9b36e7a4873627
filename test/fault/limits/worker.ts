import { connectDatabase } from '../../../db/connect.ts';
import { createLimits } from '../../../platform/limits/limits.ts';
import { createPlaces } from '../../../platform/limits/places.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { countThenTake } from './naive.ts';
import type { PlaceLimit, RateLimit } from './plan.ts';

/**
 * A process of the limits run: takes permits and places with the product's own limiter and carries out an effect with
 * each. Made to be killed; it remembers nothing that the others need.
 */
const [url = '', mutant = ''] = process.argv.slice(2);
const { pool } = connectDatabase(url, 4);
const { limits, places } =
  mutant === 'count-then-take'
    ? countThenTake(pool)
    : { limits: createLimits(pool), places: createPlaces(pool) };

/** Longer than any effect: a place must not come free while it is held. */
const PLACE_TTL_MS = 60_000;

const tell = (message: FromWorker) => void process.send?.(message);
/** Ends a wait for a place early. */
const wakers = new Map<string, () => void>();
/** Called up while they were asking. */
const called = new Set<string>();

function pause(id: string, delayMs: number): Promise<void> {
  if (called.delete(id)) return Promise.resolve();
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      wakers.delete(id);
      resolve();
    };
    const timer = setTimeout(wake, delayMs);
    wakers.set(id, wake);
  });
}

async function passRate(id: string, { name, permits, windowMs }: RateLimit): Promise<void> {
  for (;;) {
    const permit = await limits.takePermit({ key: name, permits, windowMs, holder: id });
    if (permit.granted) return tell({ did: 'effect', id });
    await pause(id, permit.retryInMs);
  }
}

async function takePlace(id: string, group: string, { name, max, groupMax }: PlaceLimit): Promise<void> {
  for (;;) {
    const request = { scope: name, max, group, groupMax, holder: id, ttlMs: PLACE_TTL_MS };
    const place = await places.take(request);
    if (place.granted) return tell({ did: 'effect', id });
    await pause(id, place.retryInMs);
  }
}

const lines = new Map<string, PlaceLimit>();

async function givePlace(id: string): Promise<void> {
  const limit = lines.get(id);
  if (!limit) return;
  const callUp = await places.give({ scope: limit.name, max: limit.max, holder: id });
  tell({ did: 'give', id, callUp });
}

async function obey(message: ToWorker): Promise<void> {
  switch (message.do) {
    case 'call-up': {
      const wake = wakers.get(message.id);
      if (wake) return wake();
      called.add(message.id);
      return;
    }
    case 'end':
      return givePlace(message.id);
    case 'order': {
      const { id, limit, group, state } = message;
      if (limit.kind === 'rate') return passRate(id, limit);
      lines.set(id, limit);
      if (state === 'waiting') return takePlace(id, group, limit);
      if (state === 'ended') return givePlace(id);
    }
  }
}

process.on('message', (message: ToWorker) => {
  obey(message).catch((error: unknown) => {
    process.stderr.write(`${String((error as Error).stack ?? error)}\n`);
    process.exit(1);
  });
});
process.on('disconnect', () => process.exit(0));
await pool.query('SELECT 1');
tell({ did: 'stand-by' });
