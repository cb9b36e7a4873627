import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import express from 'express';
import pino from 'pino';
import { createListener } from '../../api/webhooks/listener.ts';
import { createPhoneLines } from '../../api/webhooks/phone-lines.ts';
import { createRetellWebhook, retellWebhookPath } from '../../api/webhooks/retell.ts';
import { connectDatabase } from '../../db/connect.ts';
import { insertEvents } from '../../db/inbox.ts';
import { createInbox, type Inbox } from '../../platform/inbox/inbox.ts';
import { createVault } from '../../platform/vault.ts';

/**
 * One way of taking webhooks in, as a process: `shared` is the product's, `single` the same with one INSERT
 * per request, `express` that behind Express and its body parser. Arguments: way, database, signing key.
 */
const [way = '', url = '', key = ''] = process.argv.slice(2);
// Ends with the benchmark that started it.
process.on('disconnect', () => process.exit());
const log = pino({ level: 'error' });
const { db, pool } = connectDatabase(url, 10);
const vault = createVault(`1:${Buffer.alloc(32, 1).toString('base64')}`);

const oneInsertEach: Pick<Inbox, 'accept'> = {
  async accept({ body, ...event }) {
    const [row] = await insertEvents(pool, [{ ...event, bodySealed: vault.seal('inbox', body) }], 0);
    return { id: row?.id ?? '', duplicate: row === undefined };
  },
};

const webhook = createRetellWebhook({
  inbox: way === 'shared' ? createInbox({ pool, vault, log }) : oneInsertEach,
  rejections: { note: () => undefined, noteUnowned: () => undefined },
  log,
  bodyLimitBytes: 1_048_576,
  env: { RETELL_WEBHOOK_KEYS: [], RETELL_API_KEY: key },
  phoneLines: createPhoneLines(db, log),
  routeOutbound: async () => null,
});

function behindExpress(): RequestListener {
  const app = express();
  app.post(retellWebhookPath, express.raw({ type: () => true, limit: '1mb' }), (req, res) => {
    // The handler reads a stream: it gets what the parser has read.
    const body = Object.assign(new PassThrough(), { method: req.method, headers: req.headers });
    body.end(req.body);
    return webhook(body as unknown as typeof req, res);
  });
  return app;
}

const listener =
  way === 'express' ? behindExpress() : createListener({ [retellWebhookPath]: webhook }, express());
const server = createServer(listener).listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port);
});
