import type { Client } from '@temporalio/client';
import type pg from 'pg';
import type { Db } from '../db/connect.ts';
import type { InboxEvent } from '../db/inbox.ts';
import type { AlertDelivery } from '../platform/alert-delivery.ts';
import type { Availability } from '../platform/availability/free-slots.ts';
import type { Deps } from '../platform/deps.ts';
import type { Env } from '../platform/env.ts';
import type { Files } from '../platform/files/files.ts';
import type { Inbox } from '../platform/inbox/inbox.ts';
import type { Logger } from '../platform/logger.ts';
import type { WorkflowStarter } from '../platform/temporal.ts';
import type { Vault } from '../platform/vault.ts';

/** What the API needs of the process; `platform/deps.ts` builds it. */
export interface ApiDeps
  extends Pick<Deps, 'effects' | 'reads' | 'stripe' | 'stripeFailure' | 'keyChecks' | 'calendarWebhooks'> {
  env: Env;
  db: Db;
  pool: pg.Pool;
  vault: Vault;
  temporal: Client;
  starter: WorkflowStarter;
  inbox: Inbox;
  availability: Availability;
  /** Takes events that the API stored itself; absent: the sweeper of another process takes them. */
  handOver?: { offer(event: InboxEvent): void };
  files: Files;
  log: Logger;
  clock: () => Date;
}

/** What a process that serves the API brings; the inbox is its own. */
export interface ApiProcessDeps extends Omit<ApiDeps, 'inbox' | 'handOver'> {
  alertDelivery: AlertDelivery;
}
