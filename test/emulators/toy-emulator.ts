import { Hono } from 'hono';
import { z } from 'zod';
import type { Emulator } from '../../shared/emulator.ts';

/** The smallest vendor: notes that can be written, read, and sent as webhooks. */
export const toyEmulator: Emulator = {
  vendor: 'toy',
  seed(kit, data) {
    for (const note of z.array(z.string()).parse(data)) kit.collection('notes').put(note, note);
  },
  webhookHeaders: (_kit, { context }) => ({ 'x-toy-signature': `signed ${String(context)}` }),
  routes(kit) {
    const notes = kit.collection<string>('notes');
    const app = new Hono();
    app.get('/notes', (c) => kit.read(c, 'notes.list', () => ({ status: 200, body: notes.values() })));
    app.post('/notes', async (c) => {
      const { text } = await c.req.json();
      return kit.execute(c, { operation: 'notes.create', key: text, request: { text } }, () => {
        notes.put(text, text);
        return text === 'bad' ? { status: 400, body: 'bad note' } : { status: 201, body: { text } };
      });
    });
    app.post('/webhooks', async (c) => {
      const { url, keys, retryDelaysMs = [20, 20, 20], timeoutMs = 300, delayMs = 0 } = await c.req.json();
      kit.change(() => {
        for (const key of keys) {
          kit.deliver({
            operation: 'webhooks.deliver',
            key,
            url,
            body: JSON.stringify({ key }),
            context: 'with care',
            delayMs,
            retryDelaysMs,
            timeoutMs,
          });
        }
      });
      return c.body(null, 204);
    });
    return app;
  },
};
