import { Router } from 'express';
import { sql } from 'kysely';
import type { ApiDeps } from '../deps.ts';
import { HttpProblem } from '../http-problem.ts';
import { problem } from '../problem.ts';

const CHECK_TIMEOUT_MS = 2_000;

function within<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), timeoutMs);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}

/** `/healthz`: the process lives. `/readyz`: what it depends on answers, each within 2 s. */
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
    const results = await Promise.allSettled(
      Object.values(checks).map((run) => within(run(), CHECK_TIMEOUT_MS)),
    );
    const down = names.filter((_, index) => results[index]?.status === 'rejected');
    if (down.length > 0) {
      throw new HttpProblem(
        problem(
          503,
          'not-ready',
          `Not reachable: ${down.join(', ')}.`,
          down.map((path) => ({ path, message: `no answer within ${CHECK_TIMEOUT_MS} ms` })),
        ),
      );
    }
    response.json({ status: 'ready', checks: Object.fromEntries(names.map((name) => [name, 'up'])) });
  });
  return router;
}
