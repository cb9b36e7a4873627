import { recordAudit } from '../../../db/audit.ts';
import { findSealedBody } from '../../../db/inbox.ts';
import { findInboxEvent, type InboxEventView, listInboxEvents } from '../../../db/inbox-read.ts';
import { readScope } from '../../company-scope.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { conflict, gone, notFound } from '../../http-problem.ts';
import type { Caller } from '../../middleware/authenticate.ts';
import { pageRequest, presentPage } from '../../paging.ts';
import {
  inboxEventPageSchema,
  inboxEventParams,
  inboxEventSchema,
  inboxEventsQuery,
  rawBodySchema,
} from './schema.ts';

export function inboxEventEndpoints({ db, pool, vault, inbox }: ApiDeps): Endpoint[] {
  const requireEvent = async (caller: Caller, id: string): Promise<InboxEventView> => {
    const event = await findInboxEvent(db, caller.companyId, id);
    if (!event) throw notFound('inbox event');
    return event;
  };
  const audit = (caller: Caller, action: string, id: string, requestId: string) =>
    recordAudit(db, { actor: caller.name, action, entity: `inbox/${id}`, requestId });

  return [
    endpoint({
      method: 'get',
      path: '/api/inbox-events',
      tag: 'Inbox',
      summary: 'Accepted events, newest first',
      query: inboxEventsQuery,
      success: {
        status: 200,
        description: 'A page of events, without bodies.',
        schema: inboxEventPageSchema,
      },
      async handle({ query, caller }) {
        const companyId = await readScope(db, caller, query.company);
        return { body: presentPage(await listInboxEvents(db, { ...query, companyId }, pageRequest(query))) };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/inbox-events/{id}',
      tag: 'Inbox',
      summary: 'One event without its body',
      params: inboxEventParams,
      success: { status: 200, description: 'The event.', schema: inboxEventSchema },
      problems: [404],
      handle: async ({ params, caller }) => ({ body: await requireEvent(caller, params.id) }),
    }),
    endpoint({
      method: 'get',
      path: '/api/inbox-events/{id}/body',
      tag: 'Inbox',
      summary: 'The raw body of an event; reading it is audited',
      params: inboxEventParams,
      success: { status: 200, description: 'The body.', schema: rawBodySchema, text: true },
      problems: [404, 410],
      async handle({ params, caller, context }) {
        await requireEvent(caller, params.id);
        const sealed = await findSealedBody(pool, params.id);
        if (!sealed) throw notFound('inbox event');
        if (sealed.length === 0) throw gone('body-erased', 'The person it was about has been erased.');
        await audit(caller, 'inbox.read-body', params.id, context.requestId);
        return { text: vault.open('inbox', sealed).toString() };
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/inbox-events/{id}/replay',
      tag: 'Inbox',
      summary: 'Hand an event over again',
      params: inboxEventParams,
      success: { status: 202, description: 'It is pending again.', schema: inboxEventSchema },
      problems: [404, 409],
      async handle({ params, caller, context }) {
        await requireEvent(caller, params.id);
        await audit(caller, 'inbox.replay', params.id, context.requestId);
        const outcome = await inbox.replay(params.id);
        if (outcome === 'not-found') throw notFound('inbox event');
        if (outcome === 'ignored') throw conflict('event-ignored', 'No chain listens to this event.');
        return { body: await requireEvent(caller, params.id) };
      },
    }),
  ];
}
