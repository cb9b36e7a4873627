import { once } from 'node:events';
import { Context } from '@temporalio/activity';
import { ZipArchive } from 'archiver';
import { type ExportData, readExportData } from '../../../db/privacy/export-data.ts';
import { noteBuilt, noteProgress, readExport } from '../../../db/privacy/exports.ts';
import type { Deps } from '../../../platform/deps.ts';
import { isFailure } from '../../../shared/failures.ts';
import { audioExtension, exportKey } from '../../../shared/file-keys.ts';
import { describeData } from './describe-data.ts';
import { writeSummary } from './write-summary.ts';

const HEARTBEAT_MS = 5_000;

/**
 * Packs everything that is kept of a person into one file, sealed with their key, while it is being written: nothing of
 * it is held. A repeat after a crash writes the same file anew.
 */
export async function buildExport(deps: Deps, exportId: string): Promise<void> {
  const { db, vault, files } = deps;
  const { company_id, person_id, status } = await readExport(db, exportId);
  if (status !== 'accepted' && status !== 'building') return;
  const { heartbeat, cancelled } = Context.current();
  const pulse = setInterval(() => heartbeat(), HEARTBEAT_MS);
  cancelled.catch(() => undefined);
  try {
    await noteProgress(db, exportId, 0);
    const data = await readExportData(db, vault, { company_id, person_id });
    if (!data) return;
    const key = exportKey(company_id, person_id, exportId);
    const archive = new ZipArchive({ zlib: { level: 6 } });
    const stored = files.put(key, archive, 'application/zip');
    // Whichever breaks first ends the other.
    const [bytes, recordings] = await Promise.all([stored, fill(deps, archive, exportId, data)]).catch(
      (error: unknown) => {
        archive.destroy();
        throw error;
      },
    );
    const contents = Object.fromEntries(
      Object.entries(data.sections).map(([section, rows]) => [section, rows.length]),
    );
    if (!(await noteBuilt(db, exportId, { key, bytes, contents: { ...contents, recordings } })))
      await files.delete(key);
  } finally {
    clearInterval(pulse);
  }
}

/** Returns the number of recordings. */
async function fill(
  { db, files, documents, clock }: Deps,
  archive: ZipArchive,
  exportId: string,
  data: ExportData,
): Promise<number> {
  const broken = new Promise<never>((_, reject) => archive.once('error', reject));
  broken.catch(() => undefined);
  const add = async (contents: Parameters<ZipArchive['append']>[0], name: string) => {
    const entered = once(archive, 'entry');
    archive.append(contents, { name, date: clock() });
    await Promise.race([entered, broken]);
  };
  await add(describeData(), 'README.txt');
  await add(JSON.stringify({ exportedAt: clock(), ...data.sections }, null, 2), 'data.json');
  await add(await writeSummary(documents, data, clock()), 'summary.pdf');
  let packed = 0;
  for (const [index, { callId, key, contentType }] of data.recordings.entries()) {
    // Deleted after its time, just now.
    const recording = await files.get(key).catch((error: unknown) => {
      if (isFailure(error, 'NotFound')) return null;
      throw error;
    });
    if (recording) {
      recording.once('error', (error) => archive.destroy(error));
      await add(recording, `recordings/${callId}.${audioExtension(contentType)}`);
      packed += 1;
    }
    await noteProgress(db, exportId, Math.floor((100 * (index + 1)) / (data.recordings.length + 1)));
  }
  await archive.finalize();
  return packed;
}
