import type { Kysely } from 'kysely';
import { finishNotification } from '../../../db/notifications.ts';
import type { Database } from '../../../db/tables/database.ts';
import { noteOutcome as note } from '../../../shared/messages/note-outcome.ts';

/** Sends a notification and writes on it how it ended; a final failure is also thrown on. */
export const noteOutcome = (
  db: Kysely<Database>,
  notificationId: string,
  send: () => Promise<object | null>,
): Promise<void> => note((...end) => finishNotification(db, notificationId, ...end), send);
