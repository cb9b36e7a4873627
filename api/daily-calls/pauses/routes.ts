import type { Kysely } from 'kysely';
import { recordAudit } from '../../../db/audit.ts';
import type { Company } from '../../../db/companies.ts';
import { deleteCallPause, insertCallPause, listCallPauses } from '../../../db/daily-calls/blocks.ts';
import { openDaysOf } from '../../../db/daily-calls/open-days.ts';
import type { Database } from '../../../db/tables/database.ts';
import { readScope } from '../../company-scope.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { notFound } from '../../http-problem.ts';
import { fileDayNews, offerDayNews } from '../day-news.ts';
import { companyOrAll } from '../scope.ts';
import type { Actor } from '../users/change-user.ts';
import { pauseBody, pauseSchema, pauseScopeQuery, pausesSchema, resumedSchema } from './schema.ts';

export function callPauseEndpoints(deps: ApiDeps): Endpoint[] {
  const { db } = deps;
  const tag = 'Daily calls: pauses';
  const path = '/api/call-pauses';
  return [
    endpoint({
      method: 'post',
      path,
      tag,
      summary: 'Pause the calls; one that is under way is not cut',
      query: pauseScopeQuery,
      body: pauseBody,
      success: { status: 201, description: 'The pause.', schema: pauseSchema },
      async handle({ query, body, caller, context }) {
        const company = await companyOrAll(db, caller, query.company);
        const pause = await db.transaction().execute(async (trx) => {
          await audit(trx, 'pause', company, { caller, context });
          return insertCallPause(trx, company?.id ?? null, body.reason);
        });
        return { body: { company: company?.slug ?? null, ...pause } };
      },
    }),
    endpoint({
      method: 'get',
      path,
      tag,
      summary: 'What is paused',
      query: pauseScopeQuery,
      success: { status: 200, description: 'The pauses that hold.', schema: pausesSchema },
      async handle({ query, caller }) {
        const companyId = await readScope(db, caller, query.company);
        return { body: { items: await listCallPauses(db, companyId) } };
      },
    }),
    endpoint({
      method: 'delete',
      path,
      tag,
      summary: 'Resume; open days go on at once, within their hours',
      query: pauseScopeQuery,
      success: { status: 200, description: 'Resumed.', schema: resumedSchema },
      problems: [404],
      async handle({ query, caller, context }) {
        const company = await companyOrAll(db, caller, query.company);
        const events = await db.transaction().execute(async (trx) => {
          if (!(await deleteCallPause(trx, company?.id ?? null))) throw notFound('pause');
          await audit(trx, 'resume', company, { caller, context });
          const days = await openDaysOf(trx, { companyId: company?.id ?? null });
          return fileDayNews(deps, trx, days, context);
        });
        offerDayNews(deps, events);
        return { body: { company: company?.slug ?? null, openDays: events.length } };
      },
    }),
  ];
}

function audit(
  trx: Kysely<Database>,
  action: string,
  company: Company | null,
  { caller, context }: Actor,
): Promise<void> {
  return recordAudit(trx, {
    actor: caller.name,
    action: `daily-calls.${action}`,
    entity: company?.id ?? 'all',
    requestId: context.requestId,
  });
}
