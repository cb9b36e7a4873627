import { sql } from 'kysely';
import { listChecks } from '../../../db/health.ts';
import { countFailedRuns, oldestPendingAgeMs } from '../../../db/health-facts.ts';
import type { Deps } from '../../../platform/deps.ts';
import { crossingCheck, HEARTBEAT } from '../../../shared/health.ts';
import type { HeartbeatLimits } from './limits.ts';
import { Finding, type Look } from './timed.ts';

const CROSSING = crossingCheck('');

/** PostgreSQL itself, and what its tables say of the work. */
export function looksAtDatabase({ db, temporal }: Deps, limits: HeartbeatLimits): Look[] {
  const own = { limitMs: limits.temporalMs, patience: 1 };
  return [
    {
      name: 'postgres',
      limitMs: limits.postgresMs,
      patience: 2,
      async ask() {
        await sql`SELECT 1`.execute(db);
        return {};
      },
    },
    {
      ...own,
      name: 'inbox',
      async ask() {
        const oldestMs = Math.round(await oldestPendingAgeMs(db));
        if (oldestMs > limits.inboxMs) throw new Finding('not-handed-over', { oldestMs });
        return { oldestMs };
      },
    },
    {
      ...own,
      name: 'runs',
      async ask() {
        const failed = await countFailedRuns(db, limits.failuresWithinMs);
        if (failed < limits.failedRuns) return { failed };
        const since = new Date(Date.now() - limits.failuresWithinMs).toISOString();
        const closed = await temporal.workflow.count(`CloseTime > "${since}"`);
        // Visibility lags behind; what has failed has surely ended.
        const facts = { failed, ended: Math.max(closed.count, failed) };
        if (failed / facts.ended > limits.failedShare) throw new Finding('runs-fail', facts);
        return facts;
      },
    },
    {
      ...own,
      name: 'smoke-test',
      async ask() {
        const checks = await listChecks(db);
        const crossings = checks.filter(({ name }) => name.startsWith(CROSSING));
        // Before the first one came: since when somebody waits for it.
        const first = checks.find(({ name }) => name === HEARTBEAT)?.since ?? new Date();
        const newest = Math.max(first.getTime(), ...crossings.map(({ checkedAt }) => checkedAt.getTime()));
        if (Date.now() - newest > limits.smokeTestMs) throw new Finding('missing');
        return {};
      },
    },
  ];
}
