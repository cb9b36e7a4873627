import { endExport, noteDelivery, readExport } from '../../../db/privacy/exports.ts';
import type { ExportDelivery, ExportStatus } from '../../../db/tables/privacy.ts';
import type { Deps } from '../../../platform/deps.ts';
import { exportKey } from '../../../shared/file-keys.ts';
import { buildExport } from './build-export.ts';
import { sendExportLink } from './send-export-link.ts';

type Ended = Extract<ExportStatus, 'downloaded' | 'expired' | 'failed' | 'erased'>;

/** What the `gdpr-export` chain does to the outside; contents only. */
export function createExportActivities(deps: Deps) {
  const { db, files, clock, log } = deps;
  const deleteFile = async (exportId: string) => {
    const { company_id, person_id } = await readExport(db, exportId);
    await files.delete(exportKey(company_id, person_id, exportId));
  };
  return {
    buildExport: buildExport.bind(null, deps),
    sendExportLink: sendExportLink.bind(null, deps),
    noteDelivery: (exportId: string, delivery: ExportDelivery) => noteDelivery(db, exportId, delivery),
    /**
     * Ends a request that could not be carried out; it may have been answered, or the person erased, meanwhile. A store
     * that is away does not keep the person from asking for another copy: what may stand there goes with the person.
     */
    async failExport(exportId: string): Promise<Ended> {
      await endExport(db, exportId, 'failed', 'It could not be packed for a day. Ask for another one.');
      await deleteFile(exportId).catch((error: unknown) =>
        log.error({ err: error, exportId }, 'the file of a copy that failed may be left'),
      );
      return (await readExport(db, exportId)).status as Ended;
    },
    async lookAtExport(
      exportId: string,
    ): Promise<{ status: 'ready'; expiresInMs: number } | { status: Ended }> {
      const { status, expires_at } = await readExport(db, exportId);
      if (status !== 'ready') return { status: status as Ended };
      return { status, expiresInMs: Math.max(0, expires_at.getTime() - clock().getTime()) };
    },
    /** The file goes first: a repeat finds it gone. */
    async expireExport(exportId: string): Promise<void> {
      await deleteFile(exportId);
      await endExport(db, exportId, 'expired');
    },
  };
}

export type ExportActivities = ReturnType<typeof createExportActivities>;
