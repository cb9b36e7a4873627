import { timingSafeEqual } from 'node:crypto';
import { InvalidMailReportError, type MailReport, parseMailReport } from '../../integrations/smtp/webhook.ts';
import type { Env } from '../../platform/env.ts';
import { notificationWorkflowId } from '../../shared/ids.ts';
import { receiveWebhook, type WebhookDeps, type WebhookHandler } from './receive.ts';

export const mailWebhookPath = '/api/webhooks/mail';

/**
 * `POST /api/webhooks/mail`: what mail servers say of our mails later on, forwarded by whoever reads the mailbox of
 * the envelope sender. It carries no signature, so a shared secret (`x-webhook-secret` or `?secret=`) is required;
 * without one configured nothing is taken.
 */
export function createMailWebhook(
  deps: WebhookDeps & { env: Pick<Env, 'MAIL_WEBHOOK_SECRET'> },
): WebhookHandler {
  const { env } = deps;
  return receiveWebhook(
    {
      source: 'mail',
      verify(headers, _rawBody, url) {
        const header = headers['x-webhook-secret'];
        const given = typeof header === 'string' ? header : url.searchParams.get('secret');
        if (!env.MAIL_WEBHOOK_SECRET) return { ok: false, reason: 'no-secret' };
        if (!given) return { ok: false, reason: 'missing' };
        return isSame(given, env.MAIL_WEBHOOK_SECRET) ? { ok: true } : { ok: false, reason: 'mismatch' };
      },
      async parse(rawBody) {
        let report: MailReport;
        try {
          report = await parseMailReport(rawBody);
        } catch (error) {
          if (!(error instanceof InvalidMailReportError)) throw error;
          return { kind: 'unreadable', problems: error.problems };
        }
        const { eventKey, notificationId, delivery } = report;
        const entity = notificationId && notificationWorkflowId(notificationId);
        return { kind: 'event', eventType: `mail.${delivery}`, eventKey, entity, companyId: null };
      },
    },
    deps,
  );
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
