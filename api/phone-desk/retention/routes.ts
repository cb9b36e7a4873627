import { recordAudit } from '../../../db/audit.ts';
import { retentionOf } from '../../../db/phone-desk/call/call-refresh.ts';
import { changeRetention, readRetention } from '../../../db/privacy/company-retention.ts';
import type { CompanyRetention } from '../../../db/tables/companies.ts';
import { writeScope } from '../../company-scope.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { companyQuery } from '../../fields.ts';
import { retentionBody, retentionSchema } from './schema.ts';

export function retentionEndpoints({ db, env }: ApiDeps): Endpoint[] {
  const present = (own: CompanyRetention) => {
    const { recordingsDays, transcriptsDays } = retentionOf(own, env);
    const setBy = (days: number | undefined) => (days === undefined ? 'installation' : 'company');
    return {
      recordings: { days: recordingsDays, setBy: setBy(own.recordingsDays) },
      transcripts: { days: transcriptsDays, setBy: setBy(own.transcriptsDays) },
    };
  };
  const success = { status: 200, description: 'What holds now.', schema: retentionSchema } as const;
  return [
    endpoint({
      method: 'get',
      path: '/api/retention',
      tag: 'Privacy',
      summary: 'For how long a company keeps what of its calls',
      query: companyQuery,
      success,
      async handle({ query, caller }) {
        const company = await writeScope(db, caller, query.company);
        return { body: present(await readRetention(db, company.id)) };
      },
    }),
    endpoint({
      method: 'patch',
      path: '/api/retention',
      tag: 'Privacy',
      summary: 'Change it; what is too old by then goes with the next daily round',
      query: companyQuery,
      body: retentionBody,
      success,
      async handle({ query, body, caller, context }) {
        const company = await writeScope(db, caller, query.company);
        const own = await db.transaction().execute(async (trx) => {
          const after = await changeRetention(trx, company.id, body);
          await recordAudit(trx, {
            actor: caller.name,
            action: 'retention.change',
            entity: company.id,
            requestId: context.requestId,
            detail: body,
          });
          return after;
        });
        return { body: present(own) };
      },
    }),
  ];
}
