import { recordAudit } from '../../../db/audit.ts';
import { findCall, findRecording, listCalls } from '../../../db/phone-desk/call/calls.ts';
import type { RecordingStatus } from '../../../db/tables/people.ts';
import { audioExtension } from '../../../shared/file-keys.ts';
import { readScope } from '../../company-scope.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { idParams } from '../../fields.ts';
import { conflict, notFound } from '../../http-problem.ts';
import { pageRequest, presentPage } from '../../paging.ts';
import { requestRefresh } from './request-refresh.ts';
import {
  callDetailSchema,
  callPageSchema,
  callsQuery,
  recordingLinkSchema,
  refreshSchema,
} from './schema.ts';

/** Why there is no copy. */
const noRecording: Record<RecordingStatus | 'not-yet', string> = {
  'not-yet':
    'Nobody has looked for it yet. It is copied soon after the call; ask again, or refresh the call.',
  kept: 'It is kept.',
  none: 'The provider has none of this call.',
  gone: 'The provider had deleted it before it could be copied.',
  'too-large': 'It is larger than RECORDING_MAX_BYTES and stays with the provider.',
  unavailable: 'The provider could not be asked for a day. Refresh the call to try again.',
  deleted: 'It was deleted after its time.',
};

const LINK_LIFE_MS = 15 * 60_000;

export function callEndpoints(deps: ApiDeps): Endpoint[] {
  const { db, vault, files } = deps;
  return [
    endpoint({
      method: 'get',
      path: '/api/calls',
      tag: 'Calls',
      summary: 'Calls, newest first',
      query: callsQuery,
      success: { status: 200, description: 'A page of calls, without transcripts.', schema: callPageSchema },
      async handle({ query, caller }) {
        const companyId = await readScope(db, caller, query.company);
        return { body: presentPage(await listCalls(db, vault, { ...query, companyId }, pageRequest(query))) };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/calls/{id}',
      tag: 'Calls',
      summary: 'One call with what was said',
      params: idParams,
      success: { status: 200, description: 'The call.', schema: callDetailSchema },
      problems: [404],
      async handle({ params, caller }) {
        const call = await findCall(db, vault, caller.companyId, params.id);
        if (!call) throw notFound('call');
        return { body: call };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/calls/{id}/recording',
      tag: 'Calls',
      summary: 'A link to the recording, good for a quarter of an hour; asking for it is audited',
      params: idParams,
      success: { status: 200, description: 'The link.', schema: recordingLinkSchema },
      problems: [404, 409],
      async handle({ params, caller, context }) {
        const recording = await findRecording(db, caller.companyId, params.id);
        if (!recording) throw notFound('call');
        const { key, contentType, status } = recording;
        if (!key) throw conflict('no-recording', noRecording[status ?? 'not-yet']);
        await recordAudit(db, {
          actor: caller.name,
          action: 'recording.link',
          entity: params.id,
          requestId: context.requestId,
        });
        const filename = `call-${params.id}.${audioExtension(contentType)}`;
        const file = { key, filename, contentType: contentType ?? 'audio/wav' };
        return { body: files.link(file, LINK_LIFE_MS) };
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/calls/{id}/refresh',
      tag: 'Calls',
      summary: 'Read the call at its provider once more, and copy its recording',
      params: idParams,
      success: { status: 202, description: 'Stored; the call shows how it ends.', schema: refreshSchema },
      problems: [404, 409],
      async handle({ params, caller, context }) {
        await requestRefresh(deps, caller, params.id, context);
        const headers = { location: `/api/calls/${params.id}` };
        return { body: { callId: params.id, status: 'accepted' }, headers };
      },
    }),
  ];
}
