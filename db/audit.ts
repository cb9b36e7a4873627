import type { Kysely } from 'kysely';
import type { Database } from './tables/database.ts';

/** Who did what to which thing; no personal data of customers. */
export interface AuditEntry {
  actor: string;
  /** Dotted, e.g. `review.answer`. */
  action: string;
  entity: string;
  requestId: string | null;
  detail?: Record<string, unknown>;
}

export async function recordAudit(db: Kysely<Database>, entry: AuditEntry): Promise<void> {
  await db
    .insertInto('audit_log')
    .values({
      actor: entry.actor,
      action: entry.action,
      entity: entry.entity,
      request_id: entry.requestId,
      detail: JSON.stringify(entry.detail ?? {}),
    })
    .execute();
}
