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
        const slug = url.searchParams.get('company') ?? '';
        const given = headers['x-cal-signature-256'];
        const header = typeof given === 'string' ? given : undefined;
        const check = (company: Awaited<ReturnType<CalendarSecrets['find']>>) =>
          verifyCalcomSignature({ rawBody, header, secrets: company?.secrets ?? [] });
        const company = await secrets.find(slug);
        const verdict = check(company);
        if (verdict.ok || !company || !header) return verdict;
        // The calendar does not send an event again: a secret that was just changed must not cost many.
        return check(await secrets.find(slug, true));
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
        const { eventType, eventKey, bookingUid, aboutUid } = event;
        const entity = bookingUid && calendarChangeWorkflowId(companyId, bookingUid);
        const about = aboutUid && calendarChangeWorkflowId(companyId, aboutUid);
        return { kind: 'event', eventType, eventKey: `${companyId}:${eventKey}`, entity, about, companyId };
      },
    },
    deps,
  );
}
