import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import pino from 'pino';
import { Retell } from 'retell-sdk';
import { createListener } from '../../../api/webhooks/listener.ts';
import { createPhoneLines } from '../../../api/webhooks/phone-lines.ts';
import { createRejections } from '../../../api/webhooks/rejections.ts';
import { createRetellWebhook, retellWebhookPath } from '../../../api/webhooks/retell.ts';
import { connectDatabase, type Db } from '../../../db/connect.ts';
import { createInbox } from '../../../platform/inbox/inbox.ts';
import { createVault } from '../../../platform/vault.ts';
import { createTestDatabase } from '../../support/database.ts';

export const KEY = 'key_webhook_tests';
export const BODY_LIMIT_BYTES = 1_048_576;

export interface WebhookFixture {
  url: string;
  db: Db;
  log: string[];
  post(body: string | Buffer, headers?: Record<string, string>): Promise<Response>;
  /** Signs as the vendor signs. */
  postSigned(body: unknown, headers?: Record<string, string>): Promise<Response>;
  close(): Promise<void>;
}

/** The Retell webhook over HTTP on a database of its own, or on one that cannot be reached. */
export async function startWebhooks(
  options: { mount?: 'http' | 'express'; databaseUrl?: string; nowMs?: () => number } = {},
): Promise<WebhookFixture> {
  const database = options.databaseUrl ? null : await createTestDatabase();
  const connection = connectDatabase(options.databaseUrl ?? (database?.url as string), 4);
  const { db, pool } = connection;
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  const vault = createVault(`1:${Buffer.alloc(32, 5).toString('base64')}`);
  const inbox = createInbox({ pool, vault, log });
  const rejections = createRejections(db, log);
  const webhook = createRetellWebhook({
    inbox,
    rejections,
    log,
    bodyLimitBytes: BODY_LIMIT_BYTES,
    env: { RETELL_WEBHOOK_KEYS: [], RETELL_API_KEY: KEY },
    phoneLines: createPhoneLines(db, log),
    routeOutbound: async () => null,
    now: options.nowMs ?? Date.now,
  });
  const app = express();
  if (options.mount === 'express') app.all(retellWebhookPath, webhook);
  const listener = options.mount === 'express' ? app : createListener({ [retellWebhookPath]: webhook }, app);
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${retellWebhookPath}`;

  const post: WebhookFixture['post'] = (body, headers = {}) =>
    fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
  return {
    url,
    db,
    log: lines,
    post,
    postSigned: async (body, headers) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return post(text, { 'x-retell-signature': await Retell.sign(text, KEY), ...headers });
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await Promise.all([inbox.close(), rejections.close()]);
      await connection.close();
      await database?.drop();
    },
  };
}
