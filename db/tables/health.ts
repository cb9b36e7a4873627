import type { Generated } from 'kysely';
import type { CheckStatus } from '../../shared/health.ts';
import type { CreatedAt, Json, Timestamp } from './columns.ts';

export interface HealthChecksTable {
  name: string;
  owner: 'heartbeat' | 'smoke-test';
  status: CheckStatus;
  failures: number;
  since: CreatedAt;
  checked_at: CreatedAt;
  last_ok_at: Timestamp | null;
  latency_ms: number | null;
  detail: Json<Record<string, unknown>>;
}

export type NoticeStatus = 'pending' | 'sent' | 'refused' | 'unknown';

export interface AlertNoticesTable {
  id: Generated<string>;
  channel: string;
  status: Generated<NoticeStatus>;
  created_at: CreatedAt;
  done_at: Timestamp | null;
}

export interface AlertTellingsTable {
  alert_id: string;
  channel: string;
  event: 'raised' | 'cleared';
  notice_id: string;
}
