import { findErasure } from '../../../db/privacy/erasures.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { idParams } from '../../fields.ts';
import { notFound } from '../../http-problem.ts';
import { subjectOf, subjectPaths } from '../privacy-subjects.ts';
import { requestErasure } from './request-erasure.ts';
import { acceptedErasureSchema, erasureBody, erasureSchema } from './schema.ts';

export function erasureEndpoints(deps: ApiDeps): Endpoint[] {
  const { db } = deps;
  return [
    ...subjectPaths.map(({ kind, path, what }) =>
      endpoint({
        method: 'post',
        path: `${path}/erasure`,
        tag: 'Privacy',
        summary: `Forget the person of a ${what}: their runs end, their rows, files and key are destroyed`,
        params: idParams,
        body: erasureBody,
        success: { status: 202, description: 'Stored; it begins at once.', schema: acceptedErasureSchema },
        problems: [404, 409],
        async handle({ params, body, caller, context }) {
          const subject = await subjectOf(db, caller, kind, params.id);
          const id = await requestErasure(deps, caller, subject, body.reason, context);
          return { body: { id, status: 'accepted' }, headers: { location: `/api/erasures/${id}` } };
        },
      }),
    ),
    endpoint({
      method: 'get',
      path: '/api/erasures/{id}',
      tag: 'Privacy',
      summary: 'How far an erasure is, and its proof',
      params: idParams,
      success: { status: 200, description: 'The request with its proof.', schema: erasureSchema },
      problems: [404],
      async handle({ params, caller }) {
        const erasure = await findErasure(db, caller.companyId, params.id);
        if (!erasure) throw notFound('erasure');
        return { body: erasure };
      },
    }),
  ];
}
