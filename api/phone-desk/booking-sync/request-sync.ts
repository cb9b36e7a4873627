import { randomUUID } from 'node:crypto';
import { insertApiEvent } from '../../../db/api-events.ts';
import type { Company } from '../../../db/companies.ts';
import { isConnected, requestSync } from '../../../db/phone-desk/booking-sync/sync-runs.ts';
import type { SyncKind } from '../../../shared/calendar-sync.ts';
import type { ApiDeps } from '../../deps.ts';
import { conflict } from '../../http-problem.ts';
import type { RequestContext } from '../../middleware/request-context.ts';
import { sweepAfterMs } from '../../own-hand-over.ts';

const events = {
  bookings: 'booking-sync.requested',
  'event-types': 'event-type-sync.requested',
} as const satisfies Record<SyncKind, string>;

/** Asks for a comparison with the company's calendar; one that waits already is answered with again. */
export async function requestCalendarSync(
  deps: ApiDeps,
  company: Company,
  kind: SyncKind,
  workflowId: string,
  context: RequestContext,
): Promise<{ id: string; company: string; status: 'requested' }> {
  const { db, vault } = deps;
  if (!(await isConnected(db, company.id))) {
    throw conflict(
      'calendar-not-connected',
      'The company has no Cal.com key or is not active; save a key for it first.',
    );
  }
  const { id, event } = await db.transaction().execute(async (trx) => {
    const target = { companyId: company.id, kind };
    const { id, isNew } = await requestSync(trx, target, randomUUID());
    if (!isNew) return { id, event: null };
    const event = await insertApiEvent(
      trx,
      vault,
      {
        eventKey: `calendar-sync:${id}`,
        eventType: events[kind],
        entity: workflowId,
        companyId: company.id,
        body: { companyId: company.id },
        ...context,
      },
      sweepAfterMs(deps),
    );
    return { id, event };
  });
  if (event) deps.handOver?.offer(event);
  return { id, company: company.slug, status: 'requested' };
}
