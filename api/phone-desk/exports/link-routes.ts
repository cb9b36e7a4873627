import { z } from 'zod';
import { recordAudit } from '../../../db/audit.ts';
import { codeHash, openExportLink } from '../../../db/privacy/export-link.ts';
import { claimDownload, endExport, findExport, giveDownloadBack } from '../../../db/privacy/exports.ts';
import { isFailure } from '../../../shared/failures.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Answer, type Endpoint, endpoint } from '../../endpoint.ts';
import { codePage, pageHeaders } from './page.ts';

export const LINK_PATH = '/api/export-links';

const params = z.strictObject({ token: z.string().max(200) });
const path = `${LINK_PATH}/{token}`;

const page = (status: number, problem: string | null, form = true): Answer => ({
  status,
  html: codePage(problem, form),
  headers: pageHeaders,
});
const nothingHere = () => page(404, 'There is nothing at this address.', false);

/** Why a copy cannot be fetched (any more); null: it can. */
const reasons: Record<string, string | null> = {
  accepted: 'The copy is not ready yet. Try again later.',
  building: 'The copy is not ready yet. Try again later.',
  ready: null,
  failed: 'The copy could not be made. Ask for another one.',
  downloaded: 'The copy has been fetched and deleted. Ask for another one.',
  expired: 'The time is over and the copy was deleted. Ask for another one.',
  erased: 'Nothing is kept of you any more.',
};

/** Behind the link that was mailed to the person: looking consumes nothing, only the right code does. */
export function exportLinkEndpoints(deps: ApiDeps): Endpoint[] {
  const { db, vault, clock } = deps;

  /** What keeps it from being fetched, as a page; null: nothing. */
  async function hindrance(exportId: string): Promise<Answer | null> {
    const row = await findExport(db, null, exportId);
    if (!row) return nothingHere();
    const reason = row.status === 'ready' && row.expiresAt <= clock() ? reasons.expired : reasons[row.status];
    if (reason)
      return page(row.status === 'accepted' || row.status === 'building' ? 409 : 410, reason, false);
    if (row.triesLeft > 0) return null;
    return page(403, 'Too many wrong codes. Ask the company for a new one.', false);
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
        return (await hindrance(id)) ?? page(200, null);
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
        if (!claim)
          return (
            (await hindrance(id)) ?? page(409, 'The copy is being fetched. Try again in an hour.', false)
          );
        if (!claim.opened) {
          const left = claim.triesLeft;
          return left > 0
            ? page(403, `The code is wrong. Tries left: ${left}.`)
            : page(403, 'Too many wrong codes. Ask the company for a new one.', false);
        }
        return download(deps, id, claim.fileKey!, context.requestId);
      },
    }),
  ];
}

/** Sends the file; it is deleted once all of it went out, and can be fetched again when it did not. */
async function download(deps: ApiDeps, id: string, key: string, requestId: string): Promise<Answer> {
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
    return page(410, reasons.erased as string, false);
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
