import { recordAudit } from '../../../db/audit.ts';
import type { Company } from '../../../db/companies.ts';
import {
  calendarSecretState,
  setCalendarSecret,
} from '../../../db/phone-desk/calendar-change/calendar-secrets.ts';
import { bookingTriggers } from '../../../integrations/calcom/webhook.ts';
import { companyOfPath } from '../../company-scope.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { companyParams } from '../../fields.ts';
import { trySubscribe } from '../../operations/companies/subscribe.ts';
import type { FieldProblem } from '../../problem.ts';
import { calcomWebhookPath } from '../../webhooks/calcom.ts';
import { calendarSecretBody, calendarSecretSchema } from './schema.ts';

export function calendarSecretEndpoints(deps: ApiDeps): Endpoint[] {
  const { db, vault, env } = deps;
  const path = '/api/companies/{slug}/calendar-webhook-secret';
  const shown = async ({ id, slug }: Company) => ({
    company: slug,
    ...(await calendarSecretState(db, id)),
    subscriberUrl: `${env.PUBLIC_URL}${calcomWebhookPath}?company=${encodeURIComponent(slug)}`,
    triggers: [...bookingTriggers],
    warnings: [] as FieldProblem[],
  });
  return [
    endpoint({
      method: 'get',
      path,
      tag: 'Calendar',
      summary: 'Whether the webhook of the calendar has a secret, and where it has to post to',
      params: companyParams,
      success: { status: 200, description: 'Never the secret itself.', schema: calendarSecretSchema },
      problems: [404],
      handle: async ({ params, caller }) => ({
        body: await shown(await companyOfPath(db, caller, params.slug)),
      }),
    }),
    endpoint({
      method: 'post',
      path,
      tag: 'Calendar',
      summary: 'Set the secret with which the calendar signs its webhooks; the one before is taken for a day',
      params: companyParams,
      body: calendarSecretBody,
      success: { status: 200, description: 'It counts from now on.', schema: calendarSecretSchema },
      problems: [404],
      async handle({ params, body: { secret }, caller, context }) {
        const company = await companyOfPath(db, caller, params.slug);
        const sealed = vault.seal('company.calcom-webhook-secret', secret);
        await db.transaction().execute(async (trx) => {
          await setCalendarSecret(trx, company.id, sealed);
          await recordAudit(trx, {
            ...{ actor: caller.name, action: 'calendar-webhook-secret.set', requestId: context.requestId },
            entity: `company/${company.id}`,
          });
        });
        const body = await shown(company);
        // A subscription that was made from here goes on under the new secret.
        if (body.subscribed)
          body.warnings = await trySubscribe(deps, { companyId: company.id, slug: company.slug });
        return { body };
      },
    }),
  ];
}
