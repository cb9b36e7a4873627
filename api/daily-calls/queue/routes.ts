import { recordAudit } from '../../../db/audit.ts';
import { countQueue, listCompanyQueues, queueHealth } from '../../../db/daily-calls/queue-read.ts';
import type { DueDay } from '../../../db/daily-calls/sweep.ts';
import { createLimits } from '../../../platform/limits/limits.ts';
import { callLine } from '../../../shared/daily-calls/names.ts';
import { readScope } from '../../company-scope.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { conflict, HttpProblem } from '../../http-problem.ts';
import { pageRequest, presentPage } from '../../paging.ts';
import { problem } from '../../problem.ts';
import { offerDayNews } from '../day-news.ts';
import type { Actor } from '../users/change-user.ts';
import {
  queuesQuery,
  queuesSchema,
  statusQuery,
  statusSchema,
  triggerBody,
  triggerResultSchema,
} from './schema.ts';
import { sweepTimes } from './sweep-times.ts';
import { claimUser, lookAtDue, startDays, type Triggered, triggerDue } from './trigger-due.ts';
import { planUserNow } from './trigger-user.ts';

/** Seed 004 asks for a limit on the trigger and names no figure. */
const TRIGGERS_PER_MINUTE = 10;

export function queueEndpoints(deps: ApiDeps): Endpoint[] {
  const { db, pool, clock } = deps;
  const limits = createLimits(pool);
  const tag = 'Daily calls: queue';

  const takePermit = async (keyId: string): Promise<void> => {
    const permit = await limits.takePermit({
      key: `queue-trigger:${keyId}`,
      permits: TRIGGERS_PER_MINUTE,
      windowMs: 60_000,
      holder: keyId,
    });
    if (permit.granted) return;
    const detail = `At most ${TRIGGERS_PER_MINUTE} triggers a minute per key.`;
    throw new HttpProblem(problem(429, 'too-many-triggers', detail), {
      'retry-after': String(Math.ceil(permit.retryInMs / 1_000)),
    });
  };

  return [
    endpoint({
      method: 'post',
      path: '/api/queue/trigger',
      tag,
      summary: 'Call one user now, or hand over everybody who is due; at most 10 a minute',
      body: triggerBody,
      success: { status: 200, description: 'Who is called and when.', schema: triggerResultSchema },
      problems: [404, 409, 429],
      async handle({ body, caller, context }) {
        await takePermit(caller.keyId);
        const { userId, dryRun } = body;
        const actor = { caller, context };
        const { days, more, notCalled } = userId
          ? await triggerUser(deps, userId, dryRun, actor)
          : await triggerAll(deps, dryRun, actor);
        if (!dryRun) await audit(deps, userId, days, actor);
        const calls = days.map(({ userId, localDate, dueAt }) => ({ userId, localDate, at: dueAt }));
        return { body: { success: true, dryRun, calls, more, notCalled } };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/queue/status',
      tag,
      summary: 'How the calls stand now',
      query: statusQuery,
      success: { status: 200, description: 'Counts and health.', schema: statusSchema },
      async handle({ query, caller }) {
        const companyId = await readScope(db, caller, query.company);
        const [health, counts, sweep] = await Promise.all([
          queueHealth(db, companyId, clock()),
          countQueue(db, companyId, clock()),
          sweepTimes(deps),
        ]);
        return { body: { success: true, queue: { name: callLine, health, ...counts, crons: [sweep] } } };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/admin/queues',
      tag,
      summary: 'The queue of each company, newest company first',
      query: queuesQuery,
      success: { status: 200, description: 'A page of companies.', schema: queuesSchema },
      async handle({ query, caller }) {
        const companyId = await readScope(db, caller, query.company);
        const filter = { line: callLine, companyId, now: clock() };
        const { items, next } = await listCompanyQueues(db, filter, pageRequest(query));
        return { body: presentPage({ next, items: items.map(({ id: _, ...queue }) => queue) }) };
      },
    }),
  ];
}

const triggerAll = (deps: ApiDeps, dryRun: boolean, { caller, context }: Actor): Promise<Triggered> =>
  dryRun ? lookAtDue(deps, caller.companyId) : triggerDue(deps, caller.companyId, context);

async function triggerUser(deps: ApiDeps, userId: string, dryRun: boolean, actor: Actor): Promise<Triggered> {
  const planned = await planUserNow(deps, userId, dryRun, actor);
  if ('refused' in planned) {
    const { reason, detail } = planned.refused;
    if (!dryRun) throw conflict(`call-${reason}`, detail);
    return { days: [], more: false, notCalled: [{ reason, count: 1 }] };
  }
  offerDayNews(deps, planned.events);
  // Nothing is claimed when a sweep was faster: it starts the same day.
  if (!dryRun && !planned.opened) await startDays(deps, await claimUser(deps, userId, 0), actor.context);
  return { days: [planned.day], more: false, notCalled: [] };
}

function audit(
  { db }: Pick<ApiDeps, 'db'>,
  userId: string | undefined,
  days: DueDay[],
  { caller, context }: Actor,
): Promise<void> {
  return recordAudit(db, {
    actor: caller.name,
    action: 'daily-calls.trigger',
    entity: userId ?? caller.companyId ?? 'all',
    requestId: context.requestId,
    detail: { days: days.length },
  });
}
