import { Hono } from 'hono';
import { z } from 'zod';
import type { Emulator, EmulatorAnswer, EmulatorKit } from '../../shared/emulator.ts';

const messageSchema = z.looseObject({ text: z.string().optional(), blocks: z.array(z.unknown()).optional() });
const seedSchema = z.strictObject({
  /** Paths of the incoming webhooks that exist, e.g. `T1/B1/secret`. */
  webhooks: z.array(z.string().regex(/^\w+\/\w+\/\w+$/)).default([]),
});

const text = (status: number, body: string): EmulatorAnswer => ({ status, body });

/** Slack's incoming webhooks: `POST /services/<team>/<app>/<secret>` answers `ok`, or one word that says why not. */
export function createSlackEmulator(): Emulator {
  return {
    vendor: 'slack',
    routes,
    seed(kit, data) {
      for (const path of seedSchema.parse(data).webhooks) kit.collection<true>('webhooks').put(path, true);
    },
  };
}

function routes(kit: EmulatorKit): Hono {
  const known = kit.collection<true>('webhooks');
  const app = new Hono();
  app.post('/services/:team/:app/:secret', async (c) => {
    const { team, app: service, secret } = c.req.param();
    const request: unknown = await c.req.json().catch(() => undefined);
    return kit.execute(c, { operation: 'webhook.post', key: null, request }, () => {
      if (!known.get(`${team}/${service}/${secret}`)) return text(404, 'no_service');
      const message = messageSchema.safeParse(request);
      if (!message.success) return text(400, 'invalid_payload');
      return message.data.text || message.data.blocks?.length ? text(200, 'ok') : text(400, 'no_text');
    });
  });
  return app;
}
