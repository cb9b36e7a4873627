import {
  type CalcomEvent,
  InvalidCalcomEventError,
  parseCalcomEvent,
  verifyCalcomSignature,
} from '../../integrations/calcom/webhook.ts';
import { calendarChangeWorkflowId } from '../../shared/ids.ts';
import type { CalendarSecrets } from './calendar-secrets.ts';
import { receiveWebhook, type WebhookDeps, type WebhookHandler } from './receive.ts';

export const calcomWebhookPath = '/api/webhooks/calcom';

/**
 * `POST /api/webhooks/calcom?company=<slug>`: what happened to a booking in the company's calendar. Signed with the
 * company's own secret; which booking it is goes to its run, which reads it in the calendar.
 */
export function createCalcomWebhook(deps: WebhookDeps & { secrets: CalendarSecrets }): WebhookHandler {
  const { secrets } = deps;
  return receiveWebhook(
    {
      source: 'calcom',
      async verify(headers, rawBody, url) {
        const company = await secrets.find(url.searchParams.get('company') ?? '');
        const header = headers['x-cal-signature-256'];
        return verifyCalcomSignature({
          rawBody,
          header: typeof header === 'string' ? header : undefined,
          secrets: company?.secrets ?? [],
        });
      },
      async parse(rawBody, url) {
        let event: CalcomEvent;
        try {
          event = parseCalcomEvent(rawBody);
        } catch (error) {
          if (!(error instanceof InvalidCalcomEventError)) throw error;
          return error.reason === 'json'
            ? { kind: 'not-json' }
            : { kind: 'unreadable', problems: error.problems };
        }
        const { companyId } = (await secrets.find(url.searchParams.get('company') ?? ''))!;
        const { eventType, eventKey, bookingUid } = event;
        const entity = bookingUid && calendarChangeWorkflowId(companyId, bookingUid);
        return { kind: 'event', eventType, eventKey: `${companyId}:${eventKey}`, entity, companyId };
      },
    },
    deps,
  );
}
