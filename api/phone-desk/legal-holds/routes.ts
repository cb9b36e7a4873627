import { recordAudit } from '../../../db/audit.ts';
import { placeHold, releaseHold } from '../../../db/privacy/legal-holds.ts';
import { isBeingErased, lockPerson } from '../../../db/privacy/subjects.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { idParams } from '../../fields.ts';
import { conflict, notFound } from '../../http-problem.ts';
import { subjectOf, subjectPaths } from '../privacy-subjects.ts';
import { legalHoldBody, legalHoldSchema, releasedHoldSchema } from './schema.ts';

const tooLate = () => conflict('person-erased', 'The person was erased; there is nothing left to hold.');

export function legalHoldEndpoints({ db }: Pick<ApiDeps, 'db'>): Endpoint[] {
  return subjectPaths.flatMap(({ kind, path, what }) => [
    endpoint({
      method: 'post',
      path: `${path}/legal-hold`,
      tag: 'Privacy',
      summary: `Keep everything of the person of a ${what}: nothing is erased, nothing deleted after its time`,
      params: idParams,
      body: legalHoldBody,
      success: { status: 201, description: 'The hold.', schema: legalHoldSchema },
      problems: [404, 409],
      async handle({ params, body, caller, context }) {
        const subject = await subjectOf(db, caller, kind, params.id);
        const { personId } = subject;
        if (!personId) throw tooLate();
        const by = { actor: caller.name, requestId: context.requestId };
        const hold = await db.transaction().execute(async (trx) => {
          if (!(await lockPerson(trx, personId)) || (await isBeingErased(trx, personId))) throw tooLate();
          const placed = await placeHold(trx, subject, personId, { ...body, by: caller.name });
          if (!placed) throw conflict('hold-stands', 'A legal hold stands already.');
          await recordAudit(trx, { ...by, action: 'legal-hold.place', entity: params.id });
          return placed;
        });
        return { body: hold };
      },
    }),
    endpoint({
      method: 'delete',
      path: `${path}/legal-hold`,
      tag: 'Privacy',
      summary: `Release the legal hold of a ${what}`,
      params: idParams,
      success: { status: 200, description: 'It is released.', schema: releasedHoldSchema },
      problems: [404],
      async handle({ params, caller, context }) {
        const { personId } = await subjectOf(db, caller, kind, params.id);
        const id = await db.transaction().execute(async (trx) => {
          const released = personId && (await releaseHold(trx, personId, caller.name));
          if (!released) throw notFound('legal hold');
          await recordAudit(trx, {
            actor: caller.name,
            action: 'legal-hold.release',
            entity: params.id,
            requestId: context.requestId,
          });
          return released;
        });
        return { body: { id, status: 'released' } };
      },
    }),
  ]);
}
