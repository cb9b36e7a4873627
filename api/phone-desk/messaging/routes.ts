import { recordAudit } from '../../../db/audit.ts';
import { changeMessaging, readMessaging } from '../../../db/phone-desk/notification/messaging.ts';
import { readQuietHours } from '../../../shared/messages/quiet-hours.ts';
import { writeScope } from '../../company-scope.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { companyParams, messagingChange, messagingSchema } from './schema.ts';

const PATH = '/api/companies/{slug}/messaging';

export function messagingEndpoints({ db }: Pick<ApiDeps, 'db'>): Endpoint[] {
  const show = async (companyId: string) => {
    const { contactEmail: _, quietHours, ...messaging } = await readMessaging(db, companyId);
    return { ...messaging, quietHours: readQuietHours(quietHours) };
  };
  return [
    endpoint({
      method: 'get',
      path: PATH,
      tag: 'Messages',
      summary: 'How a company tells its customers',
      params: companyParams,
      success: { status: 200, description: 'The settings.', schema: messagingSchema },
      async handle({ params, caller }) {
        return { body: await show((await writeScope(db, caller, params.slug)).id) };
      },
    }),
    endpoint({
      method: 'patch',
      path: PATH,
      tag: 'Messages',
      summary: 'Change how a company tells its customers',
      params: companyParams,
      body: messagingChange,
      success: { status: 200, description: 'The settings as they stand now.', schema: messagingSchema },
      async handle({ params, body, caller, context }) {
        const company = await writeScope(db, caller, params.slug);
        const { quietHours, ...rest } = body;
        const stored = quietHours ? `${quietHours.from}-${quietHours.to}` : quietHours;
        await db.transaction().execute(async (trx) => {
          await changeMessaging(trx, company.id, { ...rest, quietHours: stored });
          await recordAudit(trx, {
            actor: caller.name,
            action: 'messaging.change',
            entity: `company/${company.id}`,
            requestId: context.requestId,
            detail: { ...body },
          });
        });
        return { body: await show(company.id) };
      },
    }),
  ];
}
