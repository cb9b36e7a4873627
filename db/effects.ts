import type pg from 'pg';
import type { VendorFailure } from '../shared/failures.ts';
import type { EffectStatus } from './tables/effects.ts';

export interface EffectIdentity {
  key: string;
  vendor: string;
  operation: string;
  companyId: string | null;
  /** The workflow or business id an operator searches by. */
  entity: string;
  /** How often this kind of effect may happen; `permits` in any window of `windowMs`. */
  quota?: { key: string; permits: number; windowMs: number };
}

/** What stands in the ledger after an attempt has stepped up. */
export interface EffectClaim {
  status: EffectStatus;
  /** This attempt holds the effect until its lease ends. */
  claimed: boolean;
  mustLookUp: boolean;
  leaseLeftMs: number;
  result: object | null;
  failure: VendorFailure | null;
}

interface ClaimRow {
  status: EffectStatus;
  claimed: boolean;
  must_look_up: boolean;
  lease_left_ms: number;
  result: object | null;
  failure: VendorFailure | null;
}

/** Writes the intent, or takes over an open effect whose lease has ended. One statement. */
export async function claimEffect(
  pool: pg.Pool,
  effect: EffectIdentity,
  holder: string,
  leaseMs: number,
  traceId: string | null,
): Promise<EffectClaim> {
  const { rows } = await pool.query<ClaimRow>({
    name: 'claim-effect',
    text: `
      INSERT INTO effects AS e (key, vendor, operation, company_id, entity, status, holder, lease_until, trace_id)
      VALUES ($1, $2, $3, $4, $5, 'intent', $6, now() + $7 * interval '1 ms', $8)
      ON CONFLICT (key) DO UPDATE SET
        holder = CASE WHEN e.status IN ('intent', 'retry') AND e.lease_until <= now() THEN $6 ELSE e.holder END,
        attempts = CASE WHEN e.status IN ('intent', 'retry') AND e.lease_until <= now() THEN e.attempts + 1 ELSE e.attempts END,
        must_look_up = CASE WHEN e.lease_until <= now() THEN e.status = 'intent' ELSE e.must_look_up END,
        status = CASE WHEN e.status = 'retry' AND e.lease_until <= now() THEN 'intent' ELSE e.status END,
        lease_until = CASE WHEN e.status IN ('intent', 'retry') AND e.lease_until <= now()
          THEN now() + $7 * interval '1 ms' ELSE e.lease_until END
      RETURNING status, holder = $6 AS claimed, must_look_up,
        greatest(0, extract(epoch FROM lease_until - now()) * 1000)::float8 AS lease_left_ms, result, failure`,
    values: [
      effect.key,
      effect.vendor,
      effect.operation,
      effect.companyId,
      effect.entity,
      holder,
      leaseMs,
      traceId,
    ],
  });
  const row = rows[0]!;
  return {
    status: row.status,
    claimed: row.claimed,
    mustLookUp: row.must_look_up,
    leaseLeftMs: row.lease_left_ms,
    result: row.result,
    failure: row.failure,
  };
}

/** The vendor did it: a fact, whoever holds the effect by now. */
export async function recordDone(pool: pg.Pool, key: string, result: object): Promise<void> {
  await pool.query({
    name: 'effect-done',
    text: `UPDATE effects SET status = 'done', result = $2, failure = NULL, updated_at = now() WHERE key = $1`,
    values: [key, JSON.stringify(result)],
  });
}

/** Any other end of an attempt; `freeInMs` is when the next attempt may step up. */
export async function recordAttempt(
  pool: pg.Pool,
  key: string,
  holder: string,
  status: Exclude<EffectStatus, 'done'>,
  failure: VendorFailure | null,
  freeInMs = 0,
): Promise<void> {
  await pool.query(
    `UPDATE effects SET status = $3, failure = $4, lease_until = now() + $5 * interval '1 ms', updated_at = now()
     WHERE key = $1 AND holder = $2 AND status <> 'done'`,
    [key, holder, status, failure ? JSON.stringify(failure) : null, freeInMs],
  );
}

/** A person has found out what became of an unknown effect. False when it is not unknown (any more). */
export async function resolveUnknownEffect(pool: pg.Pool, key: string, happened: boolean): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE effects SET status = $2, result = CASE WHEN $3 THEN '{}'::jsonb ELSE result END,
       lease_until = now(), updated_at = now()
     WHERE key = $1 AND status = 'unknown'`,
    [key, happened ? 'done' : 'retry', happened],
  );
  return rowCount === 1;
}
