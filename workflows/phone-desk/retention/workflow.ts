import { continueAsNew, proxyActivities } from '@temporalio/workflow';
import type { RetentionActivities } from '../../../activities/phone-desk/retention/index.ts';
import { databaseBatch } from '../../policies.ts';
import type { RetentionCounts, RetentionResult } from './contract.ts';

const tidy = proxyActivities<RetentionActivities>(databaseBatch);

/** A history that grows on and on gets slow. */
const BATCHES_PER_RUN = 200;

const kinds: { [Kind in keyof RetentionCounts]: () => ReturnType<RetentionActivities['deleteOldEvents']> } = {
  recordings: () => tidy.deleteOldRecordings(),
  transcripts: () => tidy.deleteOldTranscripts(),
  attemptTexts: () => tidy.deleteOldAttemptTexts(),
  events: () => tidy.deleteOldEvents(),
};

/** Deletes, batch by batch, what a company keeps no longer; a legal hold keeps everything of its person. */
export async function retention(
  soFar: RetentionCounts = { recordings: 0, transcripts: 0, attemptTexts: 0, events: 0 },
): Promise<RetentionResult> {
  const deleted = { ...soFar };
  let batches = 0;
  for (const kind of Object.keys(kinds) as (keyof RetentionCounts)[]) {
    for (let more = true; more; ) {
      if (batches++ === BATCHES_PER_RUN) return continueAsNew<typeof retention>(deleted);
      const batch = await kinds[kind]();
      deleted[kind] += batch.deleted;
      more = batch.more;
    }
  }
  return { status: 'tidied', deleted };
}
