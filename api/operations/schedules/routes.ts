import { type ScheduleHandle, ScheduleOverlapPolicy } from '@temporalio/client';
import { recordAudit } from '../../../db/audit.ts';
import type { ScheduleDefinition } from '../../../shared/schedules.ts';
import { scheduleDefinitions } from '../../../workflows/schedules.ts';
import { requireOperator } from '../../company-scope.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { conflict, notFound } from '../../http-problem.ts';
import type { Caller } from '../../middleware/authenticate.ts';
import type { RequestContext } from '../../middleware/request-context.ts';
import { planBackfill } from './plan-backfill.ts';
import {
  backfillBody,
  backfillSchema,
  pauseBody,
  scheduleListSchema,
  scheduleParams,
  scheduleSchema,
} from './schema.ts';
import { showSchedule } from './show-schedule.ts';

const RUNS_IN_LIST = 3;
const RUNS_OF_ONE = 10;
const DEADLINE_MS = 5_000;

function requireSchedule(id: string): ScheduleDefinition {
  const definition = scheduleDefinitions.find((each) => each.id === id);
  if (!definition) throw notFound('schedule');
  return definition;
}

export function scheduleEndpoints(deps: ApiDeps): Endpoint[] {
  const { db, temporal } = deps;
  const tag = 'Schedules';
  const one = { tag, params: scheduleParams, problems: [404, 409] };
  const shown = { description: 'The schedule.', schema: scheduleSchema };

  /** First who and why, then the deed; what Temporal does not have cannot be acted on. */
  async function act(
    { caller, context, id }: { caller: Caller; context: RequestContext; id: string },
    action: string,
    detail: Record<string, unknown>,
    deed: (handle: ScheduleHandle, definition: ScheduleDefinition) => Promise<void>,
  ) {
    const definition = requireSchedule(id);
    await recordAudit(db, {
      actor: caller.name,
      action: `schedule.${action}`,
      entity: `schedule/${id}`,
      requestId: context.requestId,
      detail,
    });
    await temporal.withDeadline(Date.now() + DEADLINE_MS, () =>
      deed(temporal.schedule.getHandle(id), definition),
    );
    return { body: await showSchedule(deps, definition, RUNS_OF_ONE) };
  }

  /** Lets an operator through to a schedule that Temporal has. */
  async function enter(caller: Caller, id: string) {
    requireOperator(caller);
    const schedule = await showSchedule(deps, requireSchedule(id), 0);
    if (schedule.applied) return schedule;
    throw conflict('not-applied', 'Temporal does not have this schedule yet: `npm run schedules`.');
  }

  return [
    endpoint({
      method: 'get',
      path: '/api/schedules',
      tag,
      summary: 'What runs by the clock, and how it went last',
      success: { status: 200, description: 'Every schedule.', schema: scheduleListSchema },
      async handle({ caller }) {
        requireOperator(caller);
        const items = scheduleDefinitions.map((definition) => showSchedule(deps, definition, RUNS_IN_LIST));
        return { body: { items: await Promise.all(items) } };
      },
    }),
    endpoint({
      ...one,
      method: 'get',
      path: '/api/schedules/{id}',
      summary: 'One schedule with its last ten runs',
      success: { ...shown, status: 200 },
      problems: [404],
      async handle({ caller, params }) {
        requireOperator(caller);
        return { body: await showSchedule(deps, requireSchedule(params.id), RUNS_OF_ONE) };
      },
    }),
    endpoint({
      ...one,
      method: 'post',
      path: '/api/schedules/{id}/pause',
      summary: 'Pause a schedule; deployments keep the pause',
      body: pauseBody,
      success: { ...shown, status: 200 },
      async handle({ caller, context, params: { id }, body: { reason } }) {
        await enter(caller, id);
        return act({ caller, context, id }, 'pause', { reason }, (handle) => handle.pause(reason));
      },
    }),
    endpoint({
      ...one,
      method: 'post',
      path: '/api/schedules/{id}/unpause',
      summary: 'Let a schedule run again',
      success: { ...shown, status: 200 },
      async handle({ caller, context, params: { id } }) {
        await enter(caller, id);
        return act({ caller, context, id }, 'unpause', {}, (handle, { note }) => handle.unpause(note));
      },
    }),
    endpoint({
      ...one,
      method: 'post',
      path: '/api/schedules/{id}/trigger',
      summary: 'Run it now, also while it is paused',
      success: { ...shown, status: 202, description: 'Temporal starts a run.' },
      async handle({ caller, context, params: { id } }) {
        const { running } = await enter(caller, id);
        if (running.length > 0) {
          throw conflict('already-running', `It is under way: ${running.join(', ')}. Wait for its end.`);
        }
        // Two who ask at once get one run.
        const skip = ScheduleOverlapPolicy.SKIP;
        return act({ caller, context, id }, 'trigger', {}, (handle) => handle.trigger(skip));
      },
    }),
    endpoint({
      ...one,
      method: 'post',
      path: '/api/schedules/{id}/backfill',
      summary: 'Make up for the runs of a stretch of time, one after the other',
      body: backfillBody,
      success: { status: 202, description: 'The runs stand in line.', schema: backfillSchema },
      async handle({ caller, context, params: { id }, body }) {
        await enter(caller, id);
        const moments = await planBackfill(deps, id, body);
        const first = moments[0] as Date;
        const last = moments.at(-1) as Date;
        const overlap = ScheduleOverlapPolicy.BUFFER_ALL;
        const order = { first, last, runs: moments.length };
        await act({ caller, context, id }, 'backfill', order, (handle) =>
          handle.backfill({ start: first, end: last, overlap }),
        );
        return { body: order };
      },
    }),
  ];
}
