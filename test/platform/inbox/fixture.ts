import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { expect } from 'vitest';
import { type Connection, connectDatabase } from '../../../db/connect.ts';
import type { IncomingEvent } from '../../../platform/inbox/inbox.ts';
import { createVault } from '../../../platform/vault.ts';
import { createTestDatabase } from '../../support/database.ts';

export const vault = createVault(`1:${Buffer.alloc(32, 3).toString('base64')}`);
export const silent = pino({ level: 'silent' });

export async function openDatabase(): Promise<Connection> {
  const database = await createTestDatabase();
  const connection = connectDatabase(database.url, 8);
  return {
    ...connection,
    close: async () => {
      await connection.close();
      await database.drop();
    },
  };
}

export function incoming(changes: Partial<IncomingEvent> = {}): IncomingEvent {
  const callId = randomUUID();
  return {
    source: 'retell',
    eventKey: `call_ended:${callId}`,
    eventType: 'call_ended',
    entity: `call/retell/${callId}`,
    companyId: null,
    body: Buffer.from('{"event":"call_ended"}'),
    requestId: `request-${callId}`,
    traceParent: null,
    ...changes,
  };
}

/** Waits until `read` gives what is expected, for at most 10 s. */
export async function eventually<T>(read: () => Promise<T> | T, expected: T): Promise<void> {
  await expect.poll(read, { timeout: 10_000, interval: 20 }).toEqual(expected);
}
