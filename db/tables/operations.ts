import type { ColumnType, Generated } from 'kysely';
import type { AlertKind } from '../../shared/alerts.ts';
import type { CreatedAt, Json, Timestamp } from './columns.ts';

export interface ReviewsTable {
  id: string;
  company_id: string | null;
  kind: string;
  workflow_id: string;
  entity: string;
  question: Json<Record<string, unknown>>;
  status: Generated<'open' | 'answered' | 'expired'>;
  answer: Json<Record<string, unknown>> | null;
  answered_by: string | null;
  created_at: CreatedAt;
  answered_at: Timestamp | null;
  due_at: Timestamp | null;
}

export interface FailedRunsTable {
  id: Generated<string>;
  workflow_type: string;
  workflow_id: string;
  run_id: string;
  task_queue: string;
  attempts: number;
  first_error: string;
  last_error: string;
  tags: Generated<string[]>;
  created_at: CreatedAt;
}

export interface AuditLogTable {
  id: Generated<string>;
  at: CreatedAt;
  actor: string;
  action: string;
  entity: string;
  request_id: string | null;
  detail: ColumnType<Record<string, unknown>, string | undefined, never>;
}

export interface AlertsTable {
  id: Generated<string>;
  company_id: string | null;
  kind: AlertKind;
  /** What it is about: a vendor, a queue, a schedule. */
  entity: string;
  detail: Json<Record<string, unknown>>;
  times_seen: Generated<number>;
  created_at: CreatedAt;
  last_seen_at: ColumnType<Date, Date | undefined, Date>;
  cleared_at: Timestamp | null;
}
