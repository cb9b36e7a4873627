import { readWatermark } from '../../../db/phone-desk/booking-sync/booking-sync.ts';
import {
  countOpenDrifts,
  type DriftView,
  listDrifts,
} from '../../../db/phone-desk/booking-sync/calendar-drift-read.ts';
import { recentSyncRuns } from '../../../db/phone-desk/booking-sync/sync-runs.ts';
import { readAtOnce } from '../../../db/read-at-once.ts';
import { driftKinds } from '../../../shared/calendar-sync.ts';
import { bookingSyncWorkflowId } from '../../../shared/ids.ts';
import { companyOfPath } from '../../company-scope.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { companyParams } from '../../fields.ts';
import { pageRequest, presentPage } from '../../paging.ts';
import { requestCalendarSync } from './request-sync.ts';
import { bookingSyncSchema, driftPageSchema, driftsQuery, syncRequestSchema } from './schema.ts';

const present = (drift: DriftView) => ({ ...drift, says: driftKinds[drift.kind] });

export function bookingSyncEndpoints(deps: ApiDeps): Endpoint[] {
  const { db } = deps;
  return [
    endpoint({
      method: 'post',
      path: '/api/companies/{slug}/booking-sync',
      tag: 'Calendar',
      summary: "Ask to compare the company's bookings with its calendar now",
      params: companyParams,
      success: {
        status: 202,
        description: 'It runs soon; GET shows how it ends.',
        schema: syncRequestSchema,
      },
      problems: [404, 409],
      async handle({ params, caller, context }) {
        const company = await companyOfPath(db, caller, params.slug);
        const workflowId = bookingSyncWorkflowId(company.id);
        const location = `/api/companies/${company.slug}/booking-sync`;
        const body = await requestCalendarSync(deps, company, 'bookings', workflowId, context);
        return { body, headers: { location } };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/companies/{slug}/booking-sync',
      tag: 'Calendar',
      summary: "How the company's bookings compare with its calendar",
      params: companyParams,
      success: { status: 200, description: 'The last comparisons.', schema: bookingSyncSchema },
      problems: [404],
      async handle({ params, caller }) {
        const { id: companyId, slug } = await companyOfPath(db, caller, params.slug);
        const target = { companyId, kind: 'bookings' } as const;
        return readAtOnce(db, async (moment) => {
          const [last = null] = await recentSyncRuns(moment, target, 1);
          const [lastSynced = null] = await recentSyncRuns(moment, target, 1, 'synced');
          const takenOverUntil = await readWatermark(moment, companyId);
          const open = await countOpenDrifts(moment, companyId);
          return { body: { company: slug, last, lastSynced, takenOverUntil, open } };
        });
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/companies/{slug}/calendar-drift',
      tag: 'Calendar',
      summary: 'What differed between the calendar and us, and what was done, newest first',
      params: companyParams,
      query: driftsQuery,
      success: { status: 200, description: 'A page of differences.', schema: driftPageSchema },
      problems: [404],
      async handle({ params, query, caller }) {
        const { id: companyId } = await companyOfPath(db, caller, params.slug);
        const { items, next } = await listDrifts(db, { ...query, companyId }, pageRequest(query));
        return { body: presentPage({ items: items.map(present), next }) };
      },
    }),
  ];
}
