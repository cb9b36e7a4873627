import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { connectDatabase } from '../../db/connect.ts';
import { migrateToLatest } from '../../db/migrate.ts';
import { temporaryDataFolder } from '../../scripts/stack/data-folder.ts';
import { type Log, silentLog } from '../../scripts/stack/log.ts';
import { isolatedSettings } from '../../scripts/stack/settings.ts';
import { startStack } from '../../scripts/stack/stack.ts';
import { createDispatch } from './limits/dispatch.ts';
import { startLimitFleet } from './limits/fleet.ts';
import { judgeLimits, type Use } from './limits/judge.ts';
import { type Limit, perSecond, planLimits, standardLimits } from './limits/plan.ts';
import { writeOrders } from './limits/vendor.ts';
import type { Mutant } from './mutants.ts';
import { seededRandom } from './random.ts';
import type { Report } from './report.ts';

export interface LimitsOptions {
  permits: number;
  seed: number;
  limits?: Limit[];
  workers?: number;
  /** How much of what is allowed has to be used while more is wanted. */
  atLeast?: number;
  mutant?: Mutant | null;
  /** A migrated database; a server of its own unless given. */
  databaseUrl?: string;
  durable?: boolean;
  log?: Log;
  signal?: AbortSignal;
  say?: (text: string) => void;
}

const LOOK_MS = 100;
const PROGRESS_MS = 5_000;

/**
 * Processes that share rate limits and places while they are killed. What is killed is handed to another process, as
 * Temporal does it. No window may be over its limit, and what is allowed is used as long as more is wanted.
 */
export async function runLimits(options: LimitsOptions): Promise<Report> {
  if (options.databaseUrl) return play(options.databaseUrl, options);
  const { log = silentLog, durable = true, signal } = options;
  const settings = await isolatedSettings(['postgres'], temporaryDataFolder());
  const stack = await startStack({ settings, log, durable, removeData: true, ...(signal ? { signal } : {}) });
  try {
    await migrateToLatest(settings.env.DATABASE_URL);
    return await play(settings.env.DATABASE_URL, options);
  } finally {
    await stack.stop();
  }
}

async function play(url: string, options: LimitsOptions): Promise<Report> {
  const { permits, seed, workers = 4, atLeast = 0.98, mutant = null, say = () => {}, signal } = options;
  const random = seededRandom(seed);
  const limits = planLimits(permits, options.limits ?? standardLimits);
  const orders = writeOrders(limits, random);
  const { pool, close } = connectDatabase(url, 2);
  const killing = new AbortController();
  const dispatch = createDispatch(limits, orders);
  let fleet: Awaited<ReturnType<typeof startLimitFleet>> | undefined;
  try {
    await copyUses(pool);
    fleet = await startLimitFleet({ size: workers, args: [url, mutant ?? ''] }, dispatch);
    const startedAt = Date.now();
    const expectedMs = Math.max(...limits.map((limit) => (limit.orders / perSecond(limit)) * 1_000));
    const deadline = startedAt + 2 * expectedMs + 60_000;
    const kills = fleet.killForever(random, killing.signal);
    let toldAt = startedAt;
    while (dispatch.open > 0 && Date.now() < deadline) {
      await Promise.race([delay(LOOK_MS), fleet.failed]);
      signal?.throwIfAborted();
      if (Date.now() - toldAt < PROGRESS_MS) continue;
      toldAt = Date.now();
      const seconds = ((toldAt - startedAt) / 1_000).toFixed(0);
      say(
        `${seconds} s: ${orders.length - dispatch.open} of ${orders.length} done, ${fleet.kills} workers killed`,
      );
    }
    killing.abort();
    await kills;
    const { rows, facts, offences } = judgeLimits(limits, orders, await readUses(pool), atLeast);
    return {
      rows,
      facts: {
        ...facts,
        'workers killed': fleet.kills,
        'orders handed on': dispatch.handedOn,
        took: `${((Date.now() - startedAt) / 1_000).toFixed(1)} s`,
      },
      withPerson: 0,
      offences: { ...offences },
    };
  } finally {
    killing.abort();
    dispatch.close();
    fleet?.close();
    await close();
  }
}

/** The limiter forgets what no window reaches any more, so every permit is copied as it is given. */
async function copyUses(pool: pg.Pool): Promise<void> {
  await pool.query(`
    CREATE TABLE permits_used (key text, holder text, at timestamptz);
    CREATE FUNCTION copy_permit() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'INSERT' OR NEW.used_at IS DISTINCT FROM OLD.used_at THEN
          INSERT INTO permits_used VALUES (NEW.limit_key, NEW.holder, NEW.used_at);
        END IF;
        RETURN NULL;
      END $$;
    CREATE TRIGGER copy_permit AFTER INSERT OR UPDATE ON limit_grants
      FOR EACH ROW WHEN (NEW.used_at IS NOT NULL) EXECUTE FUNCTION copy_permit();`);
}

async function readUses(pool: pg.Pool): Promise<Use[]> {
  const { rows } = await pool.query<{ key: string; holder: string; us: string }>(
    'SELECT key, holder, (extract(epoch FROM at) * 1000000)::bigint AS us FROM permits_used',
  );
  return rows.map(({ key, holder, us }) => ({ key, holder, atMs: Number(us) / 1_000 }));
}
