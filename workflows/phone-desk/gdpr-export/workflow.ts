import { isCancellation, proxyActivities, sleep } from '@temporalio/workflow';
import type { ExportActivities } from '../../../activities/phone-desk/gdpr-export/index.ts';
import { isFailure } from '../../../shared/failures.ts';
import { proxyEffects } from '../../lib/effects.ts';
import { proxySteps } from '../../lib/steps.ts';
import { databaseStep, exportBuild, messageEffect } from '../../policies.ts';
import type { ExportInput, ExportResult } from './contract.ts';

const steps = proxySteps<ExportActivities>(databaseStep);
const work = proxyActivities<ExportActivities>(exportBuild);
const mail = proxyEffects<ExportActivities>(messageEffect);

/** Packs what is kept of a person, tells them where to fetch it, and deletes it when it was fetched or its time is over. */
export async function gdprExport({ exportId }: ExportInput): Promise<ExportResult> {
  if (!(await build(exportId))) return { status: await steps.failExport(exportId) };
  await deliver(exportId);
  for (;;) {
    const stands = await steps.lookAtExport(exportId);
    if (stands.status !== 'ready') return { status: stands.status };
    if (stands.expiresInMs > 0) await sleep(stands.expiresInMs);
    else await work.expireExport(exportId);
  }
}

async function build(exportId: string): Promise<boolean> {
  try {
    await work.buildExport(exportId);
    return true;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return false;
  }
}

/** A link that cannot be mailed goes to whoever asked for the copy. */
async function deliver(exportId: string): Promise<void> {
  try {
    await mail.sendExportLink(exportId);
  } catch (error) {
    if (isCancellation(error)) throw error;
    await steps.noteDelivery(exportId, isFailure(error, 'VendorRejected') ? 'refused' : 'not-sent');
  }
}
