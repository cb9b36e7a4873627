import type pg from 'pg';

/** The answer of the functions of migration 0007, by the database's clock. */
interface Turn {
  granted: boolean;
  /** When the permit may be used, or when the lease ends. */
  atMs: number;
  waitMs: number;
}

interface TurnRow {
  granted: boolean;
  at: Date;
  wait_ms: number;
}

const toTurn = (rows: TurnRow[]): Turn => {
  const { granted, at, wait_ms } = rows[0] as TurnRow;
  return { granted, atMs: at.getTime(), waitMs: Math.ceil(wait_ms) };
};

const ms = (parameter: string) => `${parameter} * interval '1 millisecond'`;

/** A reserved place is kept this long after its time. */
export const PERMIT_GRACE_MS = 1_000;

/** Reserved places lie this much further apart, so that one that is used late rarely moves the next. */
export const permitPadMs = (windowMs: number): number => Math.min(PERMIT_GRACE_MS, windowMs / 60);

export async function takePermitRow(
  pool: pg.Pool,
  p: { key: string; permits: number; windowMs: number; graceMs: number; padMs: number; holder: string },
): Promise<Turn> {
  const { rows } = await pool.query<TurnRow>(
    `SELECT granted, at, wait_ms FROM take_permit($1, $2, ${ms('$3')}, ${ms('$4')}, ${ms('$5')}, $6)`,
    [p.key, p.permits, p.windowMs, p.graceMs, p.padMs, p.holder],
  );
  return toTurn(rows);
}

export async function acquireLeaseRow(
  pool: pg.Pool,
  p: { scope: string; max: number; holder: string; ttlMs: number },
): Promise<Turn> {
  const { rows } = await pool.query<TurnRow>(
    `SELECT granted, at, wait_ms FROM acquire_lease($1, $2, $3, ${ms('$4')})`,
    [p.scope, p.max, p.holder, p.ttlMs],
  );
  return toTurn(rows);
}

/** False when the lease has run out (and may be someone else's by now). */
export async function renewLeaseRow(
  pool: pg.Pool,
  p: { scope: string; holder: string; ttlMs: number },
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE leases SET expires_at = clock_timestamp() + ${ms('$3')}
     WHERE scope = $1 AND holder = $2 AND expires_at > clock_timestamp()`,
    [p.scope, p.holder, p.ttlMs],
  );
  return rowCount === 1;
}

export async function releaseLeaseRow(pool: pg.Pool, p: { scope: string; holder: string }): Promise<void> {
  await pool.query('DELETE FROM leases WHERE scope = $1 AND holder = $2', [p.scope, p.holder]);
}

/** Removes the rows of keys that nobody asks for any more; `olderThanMs` must exceed the longest window. */
export async function pruneLimitRows(pool: pg.Pool, olderThanMs: number): Promise<number> {
  const { rows } = await pool.query<{ pruned: number }>(
    `WITH grants AS (DELETE FROM limit_grants WHERE granted_at < now() - ${ms('$1')} RETURNING 1),
          expired AS (DELETE FROM leases WHERE expires_at < now() RETURNING 1)
     SELECT ((SELECT count(*) FROM grants) + (SELECT count(*) FROM expired))::integer AS pruned`,
    [olderThanMs],
  );
  return rows[0]?.pruned ?? 0;
}
