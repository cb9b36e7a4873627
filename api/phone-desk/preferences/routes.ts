import { recordAudit } from '../../../db/audit.ts';
import {
  changePreferences,
  type Preferences,
  readPreferences,
} from '../../../db/phone-desk/notification/preferences.ts';
import { readQuietHours } from '../../../shared/messages/quiet-hours.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { idParams } from '../../fields.ts';
import { notFound } from '../../http-problem.ts';
import { erased } from '../privacy-subjects.ts';
import { preferencesChange, preferencesSchema } from './schema.ts';

const PATH = '/api/customers/{id}/preferences';

function present({ companyId: _, quietHours, companyQuietHours, blocks, ...rest }: Preferences) {
  const blocked = (reason: string) =>
    blocks.filter((block) => block.reason === reason).map(({ channel }) => channel);
  return {
    ...rest,
    quietHours: quietHours === 'none' ? 'none' : readQuietHours(quietHours),
    companyQuietHours: readQuietHours(companyQuietHours),
    optedOut: blocked('opted-out'),
    noReminders: blocked('no-reminders'),
    blocks,
  };
}

export function preferenceEndpoints({ db }: Pick<ApiDeps, 'db'>): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: PATH,
      tag: 'Customers',
      summary: 'How a customer is told',
      params: idParams,
      success: { status: 200, description: 'The preferences.', schema: preferencesSchema },
      problems: [404],
      async handle({ params, caller }) {
        const preferences = await readPreferences(db, caller.companyId, params.id);
        if (!preferences) throw notFound('customer');
        return { body: present(preferences) };
      },
    }),
    endpoint({
      method: 'patch',
      path: PATH,
      tag: 'Customers',
      summary: 'Change how a customer is told',
      params: idParams,
      body: preferencesChange,
      success: { status: 200, description: 'The preferences as they stand now.', schema: preferencesSchema },
      problems: [404, 409],
      async handle({ params, body, caller, context }) {
        const before = await readPreferences(db, caller.companyId, params.id);
        if (!before) throw notFound('customer');
        const { quietHours, ...rest } = body;
        const stored =
          typeof quietHours === 'object' && quietHours ? `${quietHours.from}-${quietHours.to}` : quietHours;
        await db.transaction().execute(async (trx) => {
          if (!(await changePreferences(trx, params.id, { ...rest, quietHours: stored }))) throw erased();
          await recordAudit(trx, {
            actor: caller.name,
            action: 'preferences.change',
            entity: `customer/${params.id}`,
            requestId: context.requestId,
            detail: { fields: Object.keys(body) },
          });
        });
        return { body: present((await readPreferences(db, caller.companyId, params.id))!) };
      },
    }),
  ];
}
