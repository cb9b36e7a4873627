import { z } from 'zod';
import { recordAudit } from '../../../db/audit.ts';
import { codeHash, openExportLink } from '../../../db/privacy/export-link.ts';
import { claimDownload, endExport, findExport, giveDownloadBack } from '../../../db/privacy/exports.ts';
import { findReader } from '../../../db/privacy/subjects.ts';
import type { ExportStatus } from '../../../db/tables/privacy.ts';
import { isFailure } from '../../../shared/failures.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Answer, type Endpoint, endpoint } from '../../endpoint.ts';
import { codePage, type Hindrance, hindrancePage, pageHeaders } from './page.ts';

export const LINK_PATH = '/api/export-links';

const params = z.strictObject({ token: z.string().max(200) });
const path = `${LINK_PATH}/{token}`;

const page = (status: number, html: string): Answer => ({ status, html, headers: pageHeaders });
const nothingHere = () => page(404, hindrancePage(null, 'nothing-here'));

/** What keeps a copy in this state from being fetched; null: nothing. */
const hindrances: Record<ExportStatus, { status: number; why: Hindrance } | null> = {
  accepted: { status: 409, why: 'not-ready' },
  building: { status: 409, why: 'not-ready' },
  ready: null,
  failed: { status: 410, why: 'failed' },
  downloaded: { status: 410, why: 'downloaded' },
  expired: { status: 410, why: 'expired' },
  erased: { status: 410, why: 'erased' },
};

/** Behind the link that was mailed to the person: looking consumes nothing, only the right code does. */
export function exportLinkEndpoints(deps: ApiDeps): Endpoint[] {
  const { db, vault, clock } = deps;

  /** Who reads the page, and what stands in the way of the copy. */
  async function look(exportId: string) {
    const row = await findExport(db, null, exportId);
    const reader = row && (await findReader(db, row));
    if (!reader) return { reader: null, hindrance: nothingHere() };
    const why = hindrances[row.status === 'ready' && row.expiresAt <= clock() ? 'expired' : row.status];
    if (why) return { reader, hindrance: page(why.status, hindrancePage(reader, why.why)) };
    const hindrance = row.triesLeft > 0 ? null : page(403, hindrancePage(reader, 'too-many'));
    return { reader, hindrance };
  }

  return [
    endpoint({
      method: 'get',
      path,
      tag: 'Privacy',
      summary: 'The page that asks the person for the code',
      open: true,
      params,
      success: { status: 200, description: 'The page.', schema: z.string(), type: 'text/html' },
      async handle({ params: { token } }) {
        const id = openExportLink(vault, token);
        if (!id) return nothingHere();
        const { reader, hindrance } = await look(id);
        return hindrance ?? page(200, codePage(reader, null));
      },
    }),
    endpoint({
      method: 'post',
      path,
      tag: 'Privacy',
      summary: 'The copy, against the code; once',
      open: true,
      params,
      body: z.string().max(500),
      bodyType: 'application/x-www-form-urlencoded',
      success: {
        status: 200,
        description: 'A ZIP file, as an attachment; a page where the code was wrong.',
        schema: z.string().meta({ format: 'binary' }),
        type: 'application/octet-stream',
      },
      async handle({ params: { token }, body, context }) {
        const id = openExportLink(vault, token);
        if (!id) return nothingHere();
        const code = new URLSearchParams(body).get('code') ?? '';
        const claim = await claimDownload(db, id, codeHash(vault, id, code), clock());
        const sent = claim?.opened ? await download(deps, id, claim.fileKey!, context.requestId) : null;
        if (sent) return sent;
        const { reader, hindrance } = await look(id);
        if (hindrance) return hindrance;
        if (claim?.opened) return page(410, hindrancePage(reader, 'failed'));
        return claim
          ? page(403, codePage(reader, claim.triesLeft))
          : page(409, hindrancePage(reader, 'being-fetched'));
      },
    }),
  ];
}

/** Sends the file; it is deleted once all of it went out, and can be fetched again when it did not. Null: it is gone. */
async function download(deps: ApiDeps, id: string, key: string, requestId: string): Promise<Answer | null> {
  const { db, files, log } = deps;
  try {
    const contents = await files.get(key);
    const settled = (complete: boolean) => {
      const after = complete ? finish(deps, id, key, requestId) : giveDownloadBack(db, id);
      // The person has the copy; what is not deleted now is deleted when its time is over.
      after.catch((error: unknown) => log.error({ err: error, exportId: id }, 'download not noted'));
    };
    return { file: { contents, filename: 'your-data.zip', contentType: 'application/zip', settled } };
  } catch (error) {
    await giveDownloadBack(db, id);
    if (!isFailure(error, 'NotFound')) throw error;
    return null;
  }
}

async function finish({ db, files }: ApiDeps, id: string, key: string, requestId: string): Promise<void> {
  const row = await findExport(db, null, id);
  await files.delete(key);
  await endExport(db, id, 'downloaded');
  await recordAudit(db, {
    actor: 'person',
    action: 'export.download',
    entity: row?.subjectId ?? id,
    requestId,
    detail: { exportId: id },
  });
}
