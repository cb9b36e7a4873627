import { exportLink } from '../../../db/privacy/export-link.ts';
import { findExport } from '../../../db/privacy/exports.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { idParams } from '../../fields.ts';
import { notFound } from '../../http-problem.ts';
import { subjectOf, subjectPaths } from '../privacy-subjects.ts';
import { requestCode, requestExport } from './request-export.ts';
import { acceptedExportSchema, exportSchema, newCodeSchema } from './schema.ts';

export function exportEndpoints(deps: ApiDeps): Endpoint[] {
  const { db, vault, env } = deps;
  return [
    ...subjectPaths.map(({ kind, path, what }) =>
      endpoint({
        method: 'post',
        path: `${path}/exports`,
        tag: 'Privacy',
        summary: `Pack a copy of everything that is kept of the person of a ${what}`,
        params: idParams,
        success: {
          status: 202,
          description: 'Stored. The code is told here and never again.',
          schema: acceptedExportSchema,
        },
        problems: [404, 409],
        async handle({ params, caller, context }) {
          const subject = await subjectOf(db, caller, kind, params.id);
          const accepted = await requestExport(deps, caller, subject, context);
          return {
            body: { status: 'accepted', ...accepted },
            headers: { location: `/api/exports/${accepted.id}` },
          };
        },
      }),
    ),
    endpoint({
      method: 'get',
      path: '/api/exports/{id}',
      tag: 'Privacy',
      summary: 'How far a copy is',
      params: idParams,
      success: { status: 200, description: 'The request.', schema: exportSchema },
      problems: [404],
      async handle({ params, caller }) {
        const found = await findExport(db, caller.companyId, params.id);
        if (!found) throw notFound('export');
        const { companyId: _, bytes, ...shown } = found;
        const toHandOn = shown.status === 'ready' && shown.delivery !== null && shown.delivery !== 'sent';
        const link = toHandOn ? exportLink(vault, env.PUBLIC_URL, shown.id) : null;
        return { body: { ...shown, bytes: bytes === null ? null : Number(bytes), link } };
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/exports/{id}/code',
      tag: 'Privacy',
      summary: 'A new code in place of the former',
      params: idParams,
      success: { status: 200, description: 'The code, told once.', schema: newCodeSchema },
      problems: [404, 410],
      async handle({ params, caller, context }) {
        return { body: { id: params.id, code: await requestCode(deps, caller, params.id, context) } };
      },
    }),
  ];
}
