import { Router } from 'express';
import { sql } from 'kysely';
import type { Db } from '../../db/connect.ts';
import { lastHeartbeat, listChecks } from '../../db/health.ts';
import { HEARTBEAT, HEARTBEAT_LIMIT_MS } from '../../shared/health.ts';
import { within } from '../../shared/within.ts';
import type { ApiDeps } from '../deps.ts';
import { problem, sendProblem } from '../problem.ts';

const CHECK_TIMEOUT_MS = 2_000;

/** What the heartbeat has found; null: the database does not tell. For people: it decides nothing here. */
async function readParts(db: Db) {
  try {
    const [checks, beat] = await within(Promise.all([listChecks(db), lastHeartbeat(db)]), CHECK_TIMEOUT_MS);
    const parts = checks.filter(({ name }) => name !== HEARTBEAT);
    return {
      heartbeat: {
        status: beat && beat.ageMs <= HEARTBEAT_LIMIT_MS ? 'regular' : 'missing',
        lastAt: beat?.at ?? null,
      },
      components: parts.map(({ name, status, since, checkedAt }) => ({ name, status, since, checkedAt })),
    };
  } catch {
    return { heartbeat: { status: 'unknown', lastAt: null }, components: [] };
  }
}

/**
 * `/healthz`: the process lives. `/readyz`: it can take what comes: the database and the workflow server answer, each
 * within 2 s. A vendor that is down keeps nothing from being accepted: the other parts are shown and do not count.
 */
export function healthRoutes({ db, temporal, env }: Pick<ApiDeps, 'db' | 'temporal' | 'env'>): Router {
  const checks: Record<string, () => Promise<unknown>> = {
    postgres: () => sql`SELECT 1`.execute(db),
    temporal: () =>
      temporal.withDeadline(Date.now() + CHECK_TIMEOUT_MS, () =>
        temporal.workflowService.describeNamespace({ namespace: env.TEMPORAL_NAMESPACE }),
      ),
  };
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.locals.route = '/healthz';
    response.json({ status: 'up' });
  });
  router.get('/readyz', async (_request, response) => {
    response.locals.route = '/readyz';
    const names = Object.keys(checks);
    const looking = Object.values(checks).map((run) => within(run(), CHECK_TIMEOUT_MS));
    const [results, parts] = await Promise.all([Promise.allSettled(looking), readParts(db)]);
    const down = names.filter((_, index) => results[index]?.status === 'rejected');
    if (down.length > 0) {
      const errors = down.map((path) => ({ path, message: `no answer within ${CHECK_TIMEOUT_MS} ms` }));
      const answer = problem(503, 'not-ready', `Not reachable: ${down.join(', ')}.`, errors);
      sendProblem(response, { ...answer, ...parts });
      return;
    }
    const own = Object.fromEntries(names.map((name) => [name, 'up']));
    response.json({ status: 'ready', checks: own, ...parts });
  });
  return router;
}
