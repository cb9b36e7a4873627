import { clearAlert } from '../../../db/alerts.ts';
import { recordAudit } from '../../../db/audit.ts';
import type { Company } from '../../../db/companies.ts';
import {
  deleteTemplate,
  findTemplate,
  listTemplates,
  readForPreview,
  saveTemplate,
} from '../../../db/phone-desk/notification/message-templates.ts';
import { readMessaging } from '../../../db/phone-desk/notification/messaging.ts';
import { checkTemplate, sampleMessage } from '../../../shared/messages/appointment/check-template.ts';
import { type TemplateKey, templateEntity } from '../../../shared/messages/appointment/template-entity.ts';
import type { AppointmentMessage } from '../../../shared/messages/appointment/values.ts';
import { writeScope } from '../../company-scope.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { invalidRequest, notFound } from '../../http-problem.ts';
import type { Caller } from '../../middleware/authenticate.ts';
import type { RequestContext } from '../../middleware/request-context.ts';
import { companyParams } from '../messaging/schema.ts';
import { renderPreview } from './preview.ts';
import {
  previewRequest,
  previewSchema,
  templateDraft,
  templateListSchema,
  templateParams,
  templateSchema,
  toDraft,
} from './schema.ts';

const LIST = '/api/companies/{slug}/templates';
const ONE = `${LIST}/{kind}/{channel}/{language}`;

export function messageTemplateEndpoints({ db, vault }: Pick<ApiDeps, 'db' | 'vault'>): Endpoint[] {
  const tag = 'Messages';

  async function sampleOf(company: Company, { kind, channel, language }: TemplateKey) {
    const { contactEmail: contact } = await readMessaging(db, company.id);
    return sampleMessage(kind, channel, language, {
      name: company.name,
      contact,
      timeZone: company.time_zone,
    });
  }

  /** The message about a real appointment of the company, else about a made-up one. */
  async function messageFor(
    company: Company,
    key: TemplateKey,
    appointmentId: string | undefined,
  ): Promise<AppointmentMessage> {
    const sample = await sampleOf(company, key);
    if (appointmentId === undefined) return sample;
    const real = await readForPreview(db, vault, company.id, appointmentId);
    if (!real) throw notFound('appointment');
    const { startsAt, service, staff, customer } = real;
    const { name, timeZone, locale } = customer;
    return { ...sample, startsAt, service, staff, name, timeZone, locale };
  }

  /** Writes or takes away a text, with the audit line; what was broken about the old one is over. */
  async function change(
    company: Company,
    key: TemplateKey,
    { caller, context }: { caller: Caller; context: RequestContext },
    action: 'save' | 'delete',
    write: (trx: typeof db) => Promise<void>,
  ): Promise<void> {
    const entity = templateEntity(key);
    await db.transaction().execute(async (trx) => {
      await write(trx);
      await clearAlert(trx, { kind: 'message-text-broken', companyId: company.id, entity });
      const { requestId } = context;
      const act = { actor: caller.name, action: `message-template.${action}`, requestId };
      await recordAudit(trx, { ...act, entity: `company/${company.id}`, detail: { template: entity } });
    });
  }

  return [
    endpoint({
      method: 'get',
      path: LIST,
      tag,
      summary: 'The texts of a company',
      params: companyParams,
      success: { status: 200, description: 'Its own texts.', schema: templateListSchema },
      async handle({ params, caller }) {
        const company = await writeScope(db, caller, params.slug);
        return { body: { items: await listTemplates(db, company.id) } };
      },
    }),
    endpoint({
      method: 'get',
      path: ONE,
      tag,
      summary: 'One text of a company',
      params: templateParams,
      success: { status: 200, description: 'The text.', schema: templateSchema },
      problems: [404],
      async handle({ params: { slug, ...key }, caller }) {
        const company = await writeScope(db, caller, slug);
        const template = await findTemplate(db, company.id, key);
        if (!template) throw notFound('text of this company');
        return { body: template };
      },
    }),
    endpoint({
      method: 'put',
      path: ONE,
      tag,
      summary: 'Write a text of a company; it is used from the next message on',
      params: templateParams,
      body: templateDraft,
      success: { status: 200, description: 'The text.', schema: templateSchema },
      async handle({ params: { slug, ...key }, body, caller, context }) {
        const company = await writeScope(db, caller, slug);
        const draft = toDraft(body);
        const problems = await checkTemplate(key.channel, draft, await sampleOf(company, key));
        if (problems.length > 0) throw invalidRequest(problems);
        await change(company, key, { caller, context }, 'save', (trx) =>
          saveTemplate(trx, company.id, key, draft),
        );
        return { body: await findTemplate(db, company.id, key) };
      },
    }),
    endpoint({
      method: 'delete',
      path: ONE,
      tag,
      summary: 'Take a text away; ours is used again',
      params: templateParams,
      success: { status: 200, description: 'The text that was taken away.', schema: templateSchema },
      problems: [404],
      async handle({ params: { slug, ...key }, caller, context }) {
        const company = await writeScope(db, caller, slug);
        const template = await findTemplate(db, company.id, key);
        if (!template) throw notFound('text of this company');
        await change(company, key, { caller, context }, 'delete', async (trx) => {
          await deleteTemplate(trx, company.id, key);
        });
        return { body: template };
      },
    }),
    endpoint({
      method: 'post',
      path: `${ONE}/preview`,
      tag,
      summary: 'A message as a customer would get it',
      params: templateParams,
      body: previewRequest,
      success: {
        status: 200,
        description: 'The message, and what is wrong with the text.',
        schema: previewSchema,
      },
      problems: [404],
      async handle({ params: { slug, ...key }, body, caller }) {
        const company = await writeScope(db, caller, slug);
        const message = await messageFor(company, key, body.appointmentId);
        const saved = body.template ? null : ((await findTemplate(db, company.id, key)) ?? null);
        const draft = body.template ? toDraft(body.template) : saved;
        const shown = await renderPreview(key.channel, draft, message, key.language);
        const uses = draft === null || shown.problems.length > 0 ? 'built-in' : saved ? 'company' : 'draft';
        return { body: { uses, ...shown } };
      },
    }),
  ];
}
