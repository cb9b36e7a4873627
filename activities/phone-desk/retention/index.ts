import { heldEntities } from '../../../db/privacy/held-entities.ts';
import {
  deleteOldAttemptTexts,
  deleteOldEvents,
  deleteOldTranscripts,
  noteRecordingsDeleted,
  takeOldRecordings,
} from '../../../db/privacy/retention.ts';
import type { Deps } from '../../../platform/deps.ts';

const FILES_AT_ONCE = 50;
const ROWS_AT_ONCE = 500;

/** One batch of what has had its time: how many there were, and whether there may be more. */
export interface Batch {
  deleted: number;
  more: boolean;
}

/** What the `retention` chain does to the outside; contents only. */
export function createRetentionActivities({ db, env, clock, files, vault }: Deps) {
  const batch = (deleted: number): Batch => ({ deleted, more: deleted === ROWS_AT_ONCE });
  return {
    /** The file goes first: a repeat finds it gone, and nothing is left that no row knows of. */
    async deleteOldRecordings(): Promise<Batch> {
      return db.transaction().execute(async (trx) => {
        const old = await takeOldRecordings(trx, env.RETENTION_RECORDINGS_DAYS, clock(), FILES_AT_ONCE);
        await Promise.all(old.map(({ recording_key }) => files.delete(recording_key)));
        await noteRecordingsDeleted(
          trx,
          old.map(({ id }) => id),
        );
        return { deleted: old.length, more: old.length === FILES_AT_ONCE };
      });
    },
    async deleteOldTranscripts(): Promise<Batch> {
      return batch(await deleteOldTranscripts(db, env.RETENTION_TRANSCRIPTS_DAYS, clock(), ROWS_AT_ONCE));
    },
    async deleteOldAttemptTexts(): Promise<Batch> {
      return batch(await deleteOldAttemptTexts(db, env.RETENTION_TRANSCRIPTS_DAYS, clock(), ROWS_AT_ONCE));
    },
    async deleteOldEvents(): Promise<Batch> {
      const which = { days: env.RETENTION_INBOX_DAYS, kept: await heldEntities(db, vault) };
      return batch(await deleteOldEvents(db, which, clock(), ROWS_AT_ONCE));
    },
  };
}

export type RetentionActivities = ReturnType<typeof createRetentionActivities>;
