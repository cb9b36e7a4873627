import { type CompiledQuery, Kysely, PostgresDialect, sql } from 'kysely';
import type pg from 'pg';
import { claimDueUsers } from '../../db/daily-calls/sweep.ts';
import type { Database } from '../../db/tables/database.ts';
import { ALL_DAY } from './people.ts';

const WARM_UP = 5;
const MINUTE_MS = 60_000;

export interface Finding {
  /** Milliseconds of each round: the statement that finds, and the whole claim with what it writes. */
  findMs: number[];
  claimMs: number[];
}

export interface FindingFigures {
  due: Finding;
  nobodyDue: Finding;
  /** Scans by the seed's way: over the same table, and over a narrow one with the columns and types of the seed. */
  seedMs: number[];
  seedNarrowMs: number[];
  seedFound: number;
  /** Nodes of the plan of the statement that finds, outermost first. */
  plan: string[];
}

export interface FindingOptions {
  dueUsers: number;
  rounds: number;
  emptyRounds: number;
  seedRounds: number;
}

/** Times of finding and claiming who is due. Throws when a claim finds others than those who are due. */
export async function measureFinding(pool: pg.Pool, options: FindingOptions): Promise<FindingFigures> {
  let found: { query: CompiledQuery; ms: number } | null = null;
  const db = new Kysely<Database>({
    dialect: new PostgresDialect({ pool }),
    log({ query, queryDurationMillis }) {
      if (query.sql.startsWith('select') && query.sql.includes('from "call_users"')) {
        found = { query, ms: queryDurationMillis };
      }
    },
  });
  const claim = async (into: Finding, expected: number): Promise<void> => {
    const startedAt = performance.now();
    const { claimed } = await claimDueUsers(db, {
      now: new Date(),
      lookaheadMs: 2.5 * MINUTE_MS,
      legal: ALL_DAY,
      limit: 500,
    });
    into.claimMs.push(performance.now() - startedAt);
    into.findMs.push(found!.ms);
    if (claimed !== expected) throw new Error(`${claimed} users were claimed, ${expected} are due`);
  };

  const due: Finding = { findMs: [], claimMs: [] };
  const nobodyDue: Finding = { findMs: [], claimMs: [] };
  const rounds = options.rounds + WARM_UP;
  const ids = await someUsers(db, options.dueUsers * (rounds + 1));
  for (let round = 0; round < rounds; round += 1) {
    await makeDue(db, ids.splice(0, options.dueUsers));
    await claim(due, options.dueUsers);
  }
  for (let round = 0; round < options.emptyRounds + WARM_UP; round += 1) await claim(nobodyDue, 0);
  await makeDue(db, ids);
  const plan = await explain(pool, found!.query);
  await claim({ findMs: [], claimMs: [] }, options.dueUsers);
  const seed = await scanAsSeed(db, options.seedRounds);
  // What was claimed here must not be called by the sweeps of the second part.
  await sql`TRUNCATE daily_calls CASCADE`.execute(db);
  return { due: warm(due), nobodyDue: warm(nobodyDue), ...seed, plan };
}

const warm = ({ findMs, claimMs }: Finding): Finding => ({
  findMs: findMs.slice(WARM_UP),
  claimMs: claimMs.slice(WARM_UP),
});

async function someUsers(db: Kysely<Database>, count: number): Promise<string[]> {
  const { rows } = await sql<{
    id: string;
  }>`SELECT id FROM call_users ORDER BY random() LIMIT ${count}`.execute(db);
  return rows.map(({ id }) => id);
}

async function makeDue(db: Kysely<Database>, ids: string[]): Promise<void> {
  await sql`
    UPDATE call_users SET next_call_at = date_trunc('minute', now()) + interval '1 minute',
      next_call_date = (now() AT TIME ZONE local_tz)::date
    WHERE id = ANY(${ids}::uuid[])`.execute(db);
}

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  Plans?: PlanNode[];
}

/** The plan of the product's own statement, with its own parameters. Throws when it reads the whole table. */
async function explain(pool: pg.Pool, { sql: text, parameters }: CompiledQuery): Promise<string[]> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const { rows } = await client.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, [...parameters]);
    const nodes: string[] = [];
    const visit = (node: PlanNode) => {
      const { 'Node Type': type, 'Relation Name': table, 'Index Name': index } = node;
      nodes.push(`${type}${index ? ` using ${index}` : ''}${table ? ` on ${table}` : ''}`);
      for (const child of node.Plans ?? []) visit(child);
    };
    visit(rows[0]['QUERY PLAN'][0].Plan);
    const byIndex = nodes.some((node) => /Index Scan using call_users_due\b/.test(node));
    if (!byIndex || nodes.includes('Seq Scan on call_users')) {
      throw new Error(`the due users are not found by their index: ${nodes.join(' > ')}`);
    }
    return nodes;
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

/** Seed 004: every five minutes all enabled users whose clock shows their call time, give or take five minutes. */
async function scanAsSeed(
  db: Kysely<Database>,
  rounds: number,
): Promise<Pick<FindingFigures, 'seedMs' | 'seedNarrowMs' | 'seedFound'>> {
  await sql`
    CREATE TABLE seed_users AS SELECT id, call_enabled, call_time::time AS call_time, local_tz FROM call_users`.execute(
    db,
  );
  await sql`VACUUM (ANALYZE) seed_users`.execute(db);
  const scan = async (table: 'call_users' | 'seed_users', into: number[]) => {
    const startedAt = performance.now();
    const { rows } = await sql<{ id: string }>`
      SELECT u.id FROM ${sql.table(table)} u
      WHERE call_enabled
        AND abs(extract(epoch FROM (now() AT TIME ZONE local_tz)::time - call_time::time)) <= 300
        AND NOT EXISTS (SELECT FROM daily_calls d WHERE d.user_id = u.id AND d.outcome = 'completed'
          AND d.created_at >= current_date)`.execute(db);
    into.push(performance.now() - startedAt);
    return rows.length;
  };
  const seedMs: number[] = [];
  const seedNarrowMs: number[] = [];
  let seedFound = 0;
  for (let round = 0; round < rounds + 1; round += 1) {
    seedFound = await scan('call_users', seedMs);
    await scan('seed_users', seedNarrowMs);
  }
  await sql`DROP TABLE seed_users`.execute(db);
  return { seedMs: seedMs.slice(1), seedNarrowMs: seedNarrowMs.slice(1), seedFound };
}
