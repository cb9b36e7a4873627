import { recordAudit } from '../../../db/audit.ts';
import { recentSyncRuns } from '../../../db/phone-desk/booking-sync/sync-runs.ts';
import {
  listEventTypes,
  listProposedStaff,
  mapEventTypeTo,
} from '../../../db/phone-desk/event-type-sync/event-types-read.ts';
import { readAtOnce } from '../../../db/read-at-once.ts';
import { eventTypeSyncWorkflowId } from '../../../shared/ids.ts';
import { companyOfPath } from '../../company-scope.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { companyParams } from '../../fields.ts';
import { invalidRequest, notFound } from '../../http-problem.ts';
import { requestCalendarSync } from '../booking-sync/request-sync.ts';
import { syncRequestSchema } from '../booking-sync/schema.ts';
import { findServiceId, isProblem } from '../offer.ts';
import { acceptProposal } from './accept-proposal.ts';
import {
  acceptanceBody,
  acceptedStaffSchema,
  eventTypeParams,
  eventTypesSchema,
  mappingBody,
  proposalParams,
} from './schema.ts';

export function eventTypeEndpoints(deps: ApiDeps): Endpoint[] {
  const { db } = deps;
  const requested = {
    status: 202,
    description: 'It runs soon; GET …/event-types shows how it ends.',
    schema: syncRequestSchema,
  } as const;
  const request = async (
    company: Awaited<ReturnType<typeof companyOfPath>>,
    context: Parameters<typeof requestCalendarSync>[4],
  ) => ({
    body: await requestCalendarSync(
      deps,
      company,
      'event-types',
      eventTypeSyncWorkflowId(company.id),
      context,
    ),
    headers: { location: `/api/companies/${company.slug}/event-types` },
  });

  return [
    endpoint({
      method: 'post',
      path: '/api/companies/{slug}/event-type-sync',
      tag: 'Calendar',
      summary: "Ask to compare the company's event types with its calendar now",
      params: companyParams,
      success: requested,
      problems: [404, 409],
      handle: async ({ params, caller, context }) =>
        request(await companyOfPath(db, caller, params.slug), context),
    }),
    endpoint({
      method: 'get',
      path: '/api/companies/{slug}/event-types',
      tag: 'Calendar',
      summary: "The event types of the company's calendar, what they offer here, and what needs a person",
      params: companyParams,
      success: { status: 200, description: 'All of them.', schema: eventTypesSchema },
      problems: [404],
      async handle({ params, caller }) {
        const { id: companyId, slug } = await companyOfPath(db, caller, params.slug);
        const target = { companyId, kind: 'event-types' } as const;
        return readAtOnce(db, async (moment) => {
          const [last = null] = await recentSyncRuns(moment, target, 1);
          const [lastSynced = null] = await recentSyncRuns(moment, target, 1, 'synced');
          const eventTypes = await listEventTypes(moment, companyId);
          const proposedStaff = await listProposedStaff(moment, companyId);
          return { body: { company: slug, last, lastSynced, eventTypes, proposedStaff } };
        });
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/companies/{slug}/event-types/{eventTypeId}/service',
      tag: 'Calendar',
      summary: 'Say what an event type offers; the next comparison, which is asked for, carries it out',
      params: eventTypeParams,
      body: mappingBody,
      success: requested,
      problems: [404, 409],
      async handle({ params, body, caller, context }) {
        const company = await companyOfPath(db, caller, params.slug);
        const serviceId = await findServiceId(db, company.id, body.service, 'service');
        if (isProblem(serviceId)) throw invalidRequest([serviceId]);
        await db.transaction().execute(async (trx) => {
          if (!(await mapEventTypeTo(trx, company.id, params.eventTypeId, serviceId))) {
            throw notFound('event type');
          }
          await recordAudit(trx, {
            ...{ actor: caller.name, action: 'event-type.map', requestId: context.requestId },
            ...{ entity: `event-type/${company.id}/${params.eventTypeId}`, detail: body },
          });
        });
        return request(company, context);
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/companies/{slug}/proposed-staff/{id}/accept',
      tag: 'Calendar',
      summary:
        'Say that a host of the calendar is of the staff: calls and bookings may choose them from now on',
      params: proposalParams,
      body: acceptanceBody,
      success: { status: 200, description: 'They are active.', schema: acceptedStaffSchema },
      problems: [404],
      async handle({ params, body, caller, context }) {
        const company = await companyOfPath(db, caller, params.slug);
        return { body: await acceptProposal(deps, company, params.id, body, { caller, context }) };
      },
    }),
  ];
}
