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

/** An event that was stored and that nobody here is meant by. */
export interface Unowned {
  source: string;
  requestId: string;
  entity: string;
  detail: Record<string, unknown>;
}

/** Notes refused webhooks in the audit log, a second's worth at a time, without holding up the answer. */
export interface Rejections {
  note(rejection: Rejection): void;
  /** The same for events that belong to nobody. */
  noteUnowned(event: Unowned): void;
  close(): Promise<void>;
}

/** The first rejections of a second get a row each; the others are one row with their number. */
export function createRejections(db: Db, log: Logger): Rejections {
  const commits = createSharedCommit<Rejection | Unowned, void>({
    commit: async (rejections) => {
      const rows = rejections.slice(0, ROWS_PER_COMMIT).map((one) => ({
        actor: `webhook:${one.source}`,
        action: 'reason' in one ? 'webhook.rejected' : 'webhook.unowned',
        entity: 'reason' in one ? `webhook/${one.source}` : one.entity,
        request_id: one.requestId as string | null,
        detail: JSON.stringify('reason' in one ? { reason: one.reason } : one.detail),
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
  const add = (one: Rejection | Unowned) =>
    commits.add(one).then(
      () => {
        unnoted = false;
      },
      (error) => {
        if (!unnoted) log.error({ err: error }, 'rejected webhooks are missing in the audit log');
        unnoted = true;
      },
    );
  return {
    note(rejection) {
      log.warn(rejection, 'webhook rejected');
      void add(rejection);
    },
    noteUnowned(event) {
      log.warn(event, 'webhook about nobody we know');
      void add(event);
    },
    close: commits.close,
  };
}
