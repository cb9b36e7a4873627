import type { CallRoute } from '../../db/daily-calls/routing.ts';
import type { Logger } from '../../platform/logger.ts';
import { InvalidCallEventError, type OutboundCallEvent } from '../../shared/daily-calls/call-event.ts';
import type { WebhookReading } from './receive.ts';

type Ids = Pick<OutboundCallEvent, 'attemptId' | 'providerCallId'>;

/**
 * Reads a provider's report as far as the inbox needs it. What no call waits for is kept and ignored, a status that
 * nobody documented is also told to the operators.
 */
export async function readCallEvent(
  rawBody: Buffer,
  parse: (rawBody: Buffer) => OutboundCallEvent,
  route: (ids: Ids) => Promise<CallRoute | null>,
  log: Logger,
): Promise<WebhookReading> {
  let event: OutboundCallEvent;
  try {
    event = parse(rawBody);
  } catch (error) {
    if (!(error instanceof InvalidCallEventError)) throw error;
    return error.reason === 'json' ? { kind: 'not-json' } : { kind: 'unreadable', problems: error.problems };
  }
  const { eventType, eventKey, unknownStatus } = event;
  if (unknownStatus !== null)
    log.warn({ eventType, unknownStatus }, 'a call has a status that nobody documented');
  const target = event.report ? await route(event) : null;
  return {
    kind: 'event',
    eventType,
    eventKey,
    entity: target?.entity ?? null,
    companyId: target?.companyId ?? null,
  };
}
