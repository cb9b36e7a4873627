import type { ColumnType, Generated } from 'kysely';
import type { CreatedAt, Json, Sealed, Timestamp } from './columns.ts';

export interface InboxEventsTable {
  id: Generated<string>;
  source: string;
  event_key: string;
  event_type: string;
  /** The workflow id the event belongs to; null when no chain listens to this type. */
  entity: string | null;
  /** Whose event it is, where the entity does not say it: a workflow id, or a sender. */
  about: Generated<string | null>;
  company_id: string | null;
  body_sealed: Sealed;
  status: Generated<'pending' | 'done' | 'ignored' | 'failed'>;
  attempts: Generated<number>;
  next_attempt_at: ColumnType<Date, Date | string | undefined, Date | string>;
  last_error: string | null;
  duplicates: Generated<number>;
  request_id: string;
  trace_parent: string | null;
  received_at: CreatedAt;
  done_at: Timestamp | null;
}

export interface IdempotencyKeysTable {
  /** null: a request of an operator that concerns no company yet. */
  company_id: string | null;
  key: string;
  request_hash: Buffer;
  response: Json<Record<string, unknown>> | null;
  created_at: CreatedAt;
}
