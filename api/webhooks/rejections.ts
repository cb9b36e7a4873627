import type { Db } from '../../db/connect.ts';
import { createSharedCommit } from '../../platform/inbox/shared-commit.ts';
import type { Logger } from '../../platform/logger.ts';

/** A flood of forged requests must not become a flood of rows. */
const ROWS_PER_COMMIT = 20;

export interface Rejection {
  source: string;
  requestId: string;
  reason: string;
}

/** Notes refused webhooks in the audit log, a second's worth at a time, without holding up the answer. */
export interface Rejections {
  note(rejection: Rejection): void;
  close(): Promise<void>;
}

/** The first rejections of a second get a row each; the others are one row with their number. */
export function createRejections(db: Db, log: Logger): Rejections {
  const commits = createSharedCommit<Rejection, void>({
    commit: async (rejections) => {
      const rows = rejections.slice(0, ROWS_PER_COMMIT).map(({ source, requestId, reason }) => ({
        actor: `webhook:${source}`,
        action: 'webhook.rejected',
        entity: `webhook/${source}`,
        request_id: requestId as string | null,
        detail: JSON.stringify({ reason }),
      }));
      const others = rejections.slice(ROWS_PER_COMMIT);
      if (others[0]) {
        rows.push({
          actor: `webhook:${others[0].source}`,
          action: 'webhook.rejected',
          entity: `webhook/${others[0].source}`,
          request_id: null,
          detail: JSON.stringify({ reason: 'many', count: others.length }),
        });
      }
      await db.insertInto('audit_log').values(rows).execute();
      return [];
    },
    maxItems: 10_000,
    maxInFlight: 1,
    maxWaiting: 10_000,
    lingerMs: 1_000,
  });
  let unnoted = false;
  return {
    note(rejection) {
      log.warn(rejection, 'webhook rejected');
      commits.add(rejection).then(
        () => {
          unnoted = false;
        },
        (error) => {
          if (!unnoted) log.error({ err: error }, 'rejected webhooks are missing in the audit log');
          unnoted = true;
        },
      );
    },
    close: commits.close,
  };
}
