import {
  findScript,
  insertScript,
  listScripts,
  saveVariants,
  updateScript,
} from '../../../db/daily-calls/scripts.ts';
import { readScope, writeScope } from '../../company-scope.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { companyQuery, idParams } from '../../fields.ts';
import { conflict, notFound } from '../../http-problem.ts';
import { pageRequest, presentPage } from '../../paging.ts';
import { newScript, scriptChange, scriptPageSchema, scriptSchema, scriptsQuery } from './schema.ts';

export function agentScriptEndpoints({ db }: Pick<ApiDeps, 'db'>): Endpoint[] {
  const tag = 'Daily calls: agent scripts';
  const read = async (companyId: string | null, id: string) => {
    const script = await findScript(db, companyId, id);
    if (!script) throw notFound('script');
    return script;
  };
  return [
    endpoint({
      method: 'post',
      path: '/api/agent-scripts',
      tag,
      summary: 'Make a script with its variants',
      query: companyQuery,
      body: newScript,
      success: { status: 201, description: 'The script.', schema: scriptSchema },
      problems: [409],
      async handle({ query, body, caller }) {
        const company = await writeScope(db, caller, query.company);
        const id = await db.transaction().execute(async (trx) => {
          const made = await insertScript(trx, company.id, body.slug, body);
          if (!made) throw conflict('slug-taken', 'The company has a script with this slug.');
          await saveVariants(trx, made, body.variants);
          return made;
        });
        return { body: await read(company.id, id), headers: { location: `/api/agent-scripts/${id}` } };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/agent-scripts',
      tag,
      summary: 'Scripts, newest first',
      query: scriptsQuery,
      success: { status: 200, description: 'A page of scripts.', schema: scriptPageSchema },
      async handle({ query, caller }) {
        const companyId = await readScope(db, caller, query.company);
        return { body: presentPage(await listScripts(db, { ...query, companyId }, pageRequest(query))) };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/agent-scripts/{id}',
      tag,
      summary: 'One script',
      params: idParams,
      success: { status: 200, description: 'The script.', schema: scriptSchema },
      problems: [404],
      async handle({ params, caller }) {
        return { body: await read(caller.companyId, params.id) };
      },
    }),
    endpoint({
      method: 'patch',
      path: '/api/agent-scripts/{id}',
      tag,
      summary: 'Change a script; whoever hears a variant goes on hearing it',
      params: idParams,
      body: scriptChange,
      success: { status: 200, description: 'The script as changed.', schema: scriptSchema },
      problems: [404],
      async handle({ params, body, caller }) {
        await read(caller.companyId, params.id);
        await db.transaction().execute(async (trx) => {
          await updateScript(trx, params.id, body);
          if (body.variants) await saveVariants(trx, params.id, body.variants);
        });
        return { body: await read(caller.companyId, params.id) };
      },
    }),
  ];
}
