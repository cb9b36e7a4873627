import type pg from 'pg';

/**
 * Who does not ask again for so long has left the queue; who waits asks again twice within it. Long, because
 * whoever waits is called up: a long queue that keeps asking would be all the work there is.
 */
const PATIENCE_MS = 10 * 60_000;
/** Who was called up and does not come within this leaves the place to the next. */
const CALL_UP_MS = 10_000;

export interface PlaceRequest {
  /** The line: `daily-calls`. */
  scope: string;
  /** Places in all. */
  max: number;
  /** A company on the line, with a limit of its own. */
  group: string;
  groupMax: number;
  holder: string;
  /** The place comes back by itself after this: longer than anything that is done on it. */
  ttlMs: number;
}

export type Place = { granted: true } | { granted: false; retryInMs: number };

/**
 * Places on a line, exact over all processes: so many at once in all, so many per group, and first come,
 * first served among those for whom there is room. Waiting costs nothing but a row: whoever gets a place
 * back is told whom to call up, and who is not called up asks again after `retryInMs`.
 */
export interface Places {
  /** Takes a place, extends the one that is held, or stands in the queue. */
  take(request: PlaceRequest): Promise<Place>;
  /** Gives a place back, or leaves the queue; returns the holders that may come now. */
  give(request: Pick<PlaceRequest, 'scope' | 'max' | 'holder'>): Promise<string[]>;
  /** Who may come now, for wake-ups that got lost. */
  callUp(line: Pick<PlaceRequest, 'scope' | 'max'>): Promise<string[]>;
}

const ms = (parameter: string) => `${parameter} * interval '1 millisecond'`;

export function createPlaces(pool: pg.Pool): Places {
  const give: Places['give'] = async ({ scope, max, holder }) => {
    const { rows } = await pool.query<{ holder: string }>(
      `SELECT holder FROM give_place($1, $2, $3, ${ms('$4')}) AS holder`,
      [scope, max, holder, CALL_UP_MS],
    );
    return rows.map((row) => row.holder);
  };
  return {
    give,
    callUp: (line) => give({ ...line, holder: '' }),
    async take({ scope, max, group, groupMax, holder, ttlMs }) {
      const { rows } = await pool.query<{ granted: boolean; wait_ms: number | null }>(
        `SELECT granted, wait_ms FROM take_place($1, $2, $3, $4, $5, ${ms('$6')}, ${ms('$7')})`,
        [scope, max, group, groupMax, holder, ttlMs, PATIENCE_MS],
      );
      const { granted, wait_ms } = rows[0]!;
      return granted
        ? { granted }
        : { granted, retryInMs: Math.max(1, Math.ceil(wait_ms ?? PATIENCE_MS / 2)) };
    },
  };
}
