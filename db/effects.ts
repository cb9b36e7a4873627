import { type Kysely, type RawBuilder, sql } from 'kysely';
import type pg from 'pg';
import type { VendorFailure } from '../shared/failures.ts';
import { PERMIT_GRACE_MS, permitPadMs } from './limits.ts';
import type { Database } from './tables/database.ts';
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

/** What stands before a vendor: its circuit breaker and, if it has one, the rate limit. */
export interface VendorGate {
  breakerKey: string;
  /** How long a half-open circuit waits for its probe. */
  probeMs: number;
}

/** Whether the vendor may be called now; if not, when to ask again. */
export interface Entry {
  verdict: 'go' | 'circuit-open' | 'rate-limited';
  waitMs: number;
}

/** What stands in the ledger after an attempt has stepped up, and whether it may go on. */
export interface EffectClaim extends Entry {
  status: EffectStatus;
  /** This attempt holds the effect until its lease ends. */
  claimed: boolean;
  mustLookUp: boolean;
  leaseLeftMs: number;
  result: object | null;
  failure: VendorFailure | null;
}

interface EntryRow {
  verdict: Entry['verdict'];
  wait_ms: number;
}

interface ClaimRow extends EntryRow {
  status: EffectStatus;
  claimed: boolean;
  must_look_up: boolean;
  lease_left_ms: number;
  result: object | null;
  failure: VendorFailure | null;
}

const ms = (parameter: string) => `${parameter} * interval '1 ms'`;

const toEntry = ({ verdict, wait_ms }: EntryRow): Entry => ({ verdict, waitMs: Math.ceil(wait_ms) });

const gateValues = ({ quota }: EffectIdentity, gate: VendorGate) => [
  gate.breakerKey,
  gate.probeMs,
  quota?.key ?? null,
  quota?.permits ?? null,
  quota?.windowMs ?? null,
  PERMIT_GRACE_MS,
  quota ? permitPadMs(quota.windowMs) : null,
];

export interface Claiming {
  holder: string;
  leaseMs: number;
  traceId: string | null;
  gate: VendorGate;
  /** The vendor can be asked whether an earlier attempt has performed it. */
  canTell: boolean;
  /** False: it is only to be found out what became of it. */
  performs: boolean;
}

/**
 * Writes the intent, or takes over an open effect whose lease has ended, and enters through the gate for the
 * call to the vendor that comes next. A gate that says no leaves the effect open. One statement.
 */
export async function beginEffect(
  pool: pg.Pool,
  effect: EffectIdentity,
  { holder, leaseMs, traceId, gate, canTell, performs }: Claiming,
): Promise<EffectClaim> {
  const { rows } = await pool.query<ClaimRow>({
    name: 'begin-effect',
    text: `SELECT * FROM begin_effect($1, $2, $3, $4, $5, $6, ${ms('$7')}, $8, $9, $10, $11, ${ms('$12')}, $13, $14,
      ${ms('$15::float8')}, ${ms('$16')}, ${ms('$17::float8')})`,
    values: [
      effect.key,
      effect.vendor,
      effect.operation,
      effect.companyId,
      effect.entity,
      holder,
      leaseMs,
      traceId,
      canTell,
      performs,
      ...gateValues(effect, gate),
    ],
  });
  const row = rows[0]!;
  return {
    ...toEntry(row),
    status: row.status,
    claimed: row.claimed,
    mustLookUp: row.must_look_up,
    leaseLeftMs: row.lease_left_ms,
    result: row.result,
    failure: row.failure,
  };
}

/** Enters through the gate alone, for an effect that is already claimed. */
export async function enterVendor(pool: pg.Pool, effect: EffectIdentity, gate: VendorGate): Promise<Entry> {
  const { rows } = await pool.query<EntryRow>(
    `SELECT * FROM enter_vendor($1, ${ms('$2')}, $3, $4, ${ms('$5::float8')}, ${ms('$6')}, ${ms('$7::float8')}, $8)`,
    [...gateValues(effect, gate), effect.key],
  );
  return toEntry(rows[0]!);
}

/**
 * Statements that become true together with an effect, as common table expressions (`name AS (…), …`). Each must
 * be harmless when it is repeated.
 */
export type Alongside = RawBuilder<unknown>;

/**
 * A call counts against its limit from its answer on: it reached the vendor before that, so that no window that the
 * vendor sees can have more calls than one of ours, however long each of them was on its way.
 */
const permitUsed = ({ key, quota }: Pick<EffectIdentity, 'key' | 'quota'>) => sql`
  UPDATE limit_grants SET used_at = clock_timestamp()
  WHERE limit_key = ${quota?.key ?? null} AND holder = ${key} AND used_at IS NOT NULL`;

/** A call to the vendor has ended without an answer. */
export async function recordPermitUsed(db: Kysely<Database>, effect: EffectIdentity): Promise<void> {
  if (effect.quota) await permitUsed(effect).execute(db);
}

/** The vendor has answered, if only to say no: it works. */
export async function recordAnswered(
  db: Kysely<Database>,
  effect: EffectIdentity,
  breakerKey: string,
): Promise<void> {
  const used = effect.quota ? sql`WITH used AS (${permitUsed(effect)})` : sql``;
  await sql`${used} SELECT vendor_answered(${breakerKey})`.execute(db);
}

/** The vendor did it: a fact, whoever holds the effect by now, and a sign that the vendor works. */
export async function recordDone(
  db: Kysely<Database>,
  effect: Pick<EffectIdentity, 'key' | 'quota'>,
  result: object,
  breakerKey: string,
  also: Alongside | undefined,
): Promise<void> {
  await sql`
    WITH done AS (
      UPDATE effects SET status = 'done', result = ${JSON.stringify(result)}, failure = NULL, updated_at = now()
      WHERE key = ${effect.key}
    )${effect.quota ? sql`, used AS (${permitUsed(effect)})` : sql``}${also ? sql`, ${also}` : sql``}
    SELECT vendor_answered(${breakerKey})`.execute(db);
}

/** What belongs to an effect that was done before: it is true already, unless a person has closed the effect. */
export async function recordAlongside(db: Kysely<Database>, also: Alongside): Promise<void> {
  await sql`WITH ${also} SELECT 1`.execute(db);
}

/** An open or unknown effect has happened: the vendor has said so by another way than its answer. */
export async function recordHappened(db: Kysely<Database>, key: string): Promise<void> {
  await sql`
    UPDATE effects SET status = 'done', result = coalesce(result, '{}'), failure = NULL, updated_at = now()
    WHERE key = ${key} AND status IN ('intent', 'retry', 'unknown')`.execute(db);
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

/**
 * Effects that the vendor refused may be tried again, because what was wrong has been put right: a refusal means that
 * nothing has happened. `prefix` ends where the names of their parts begin.
 */
export async function retryRefused(db: Kysely<Database>, prefix: string): Promise<void> {
  await sql`
    UPDATE effects SET status = 'retry', failure = NULL, lease_until = now(), updated_at = now()
    WHERE starts_with(key, ${prefix}) AND status = 'refused'`.execute(db);
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
