import { type Kysely, sql } from 'kysely';
import type { Vault } from '../platform/vault.ts';
import type { InboxEvent } from './inbox.ts';
import type { Database } from './tables/database.ts';

export interface NewApiEvent {
  /** Unique among the API's events. */
  eventKey: string;
  eventType:
    | 'booking.requested'
    | 'appointment.changed'
    | 'call.refresh-requested'
    | 'subscription.requested'
    | 'booking-sync.requested'
    | 'event-type-sync.requested'
    | 'billing.requested'
    | 'erasure.requested'
    | 'export.requested'
    | 'staff-assignment.requested';
  /** The workflow id the event belongs to. */
  entity: string;
  companyId: string | null;
  /** Ids and moments only. */
  body: object;
  requestId: string;
  traceParent: string;
}

/**
 * Puts an event of our own API into the inbox, within the transaction that makes it true. Sweepers leave it
 * alone for `sweepAfterMs`, while this process hands it over itself.
 */
export async function insertApiEvent(
  trx: Kysely<Database>,
  vault: Pick<Vault, 'seal'>,
  event: NewApiEvent,
  sweepAfterMs: number,
): Promise<InboxEvent> {
  const { eventKey, eventType, entity, companyId, body, requestId, traceParent } = event;
  const { id } = await trx
    .insertInto('inbox_events')
    .values({
      source: 'api',
      event_key: eventKey,
      event_type: eventType,
      entity,
      company_id: companyId,
      body_sealed: vault.seal('inbox', JSON.stringify(body)),
      last_error: null,
      request_id: requestId,
      trace_parent: traceParent,
      next_attempt_at: sql<Date>`now() + ${sweepAfterMs} * interval '1 millisecond'`,
      done_at: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { id, source: 'api', eventType, entity, companyId, requestId, traceParent };
}
