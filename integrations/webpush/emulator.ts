import { randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import type { Emulator, EmulatorAnswer, EmulatorKit } from '../../shared/emulator.ts';
import { type DeviceKeys, decryptPush, makeDeviceKeys } from './emulator/decrypt.ts';
import { refuseSender } from './emulator/vapid.ts';

/** A push service must take this much, and most take no more (RFC 8030, 7.2). */
const MAX_BODY_BYTES = 4_096;
const TOPIC = /^[A-Za-z0-9_-]{1,32}$/;
const URGENCIES = new Set(['very-low', 'low', 'normal', 'high']);

interface DeviceRecord {
  id: string;
  keys: DeviceKeys;
  applicationServerKey: string;
  /** With which status the service answers for a device that is gone. */
  gone: 404 | 410 | null;
  /** What the device shows, by tag: a later push with the tag replaces the earlier one. */
  shown: Record<string, { payload: unknown; topic: string | null; ttlSec: number; at: string }>;
}

const newDeviceSchema = z.strictObject({
  /** `applicationServerKey` that the page subscribes with. */
  application_server_key: z.string().regex(/^[\w-]{87}$/, 'must be a public key in base64url'),
});
const deviceChangeSchema = z.strictObject({ gone: z.union([z.literal(404), z.literal(410)]).nullable() });

const refuse = (status: number, message: string): EmulatorAnswer => ({
  status,
  body: { code: status, errno: status, error: message },
});

/** A push service and the browsers behind it: checks the sender, opens the payload, and shows what came. */
export function createWebPushEmulator(): Emulator {
  return { vendor: 'webpush', routes };
}

function routes(kit: EmulatorKit): Hono {
  const devices = kit.collection<DeviceRecord>('devices');
  const app = new Hono();

  app.post('/_emulator/devices', async (c) => {
    const { application_server_key } = newDeviceSchema.parse(await c.req.json());
    const id = kit.nextId('device_');
    const keys = makeDeviceKeys(randomBytes);
    kit.change(() =>
      devices.put(id, { id, keys, applicationServerKey: application_server_key, gone: null, shown: {} }),
    );
    const { p256dh, auth } = keys;
    const origin = `http://${c.req.header('host')}`;
    return c.json(
      { endpoint: `${origin}/webpush/push/${id}`, expirationTime: null, keys: { p256dh, auth } },
      201,
    );
  });
  app.post('/_emulator/devices/:id', async (c) => {
    const change = deviceChangeSchema.parse(await c.req.json());
    const device = devices.get(c.req.param('id'));
    if (!device) return c.json({ error: 'no such device' }, 404);
    kit.change(() => devices.put(device.id, { ...device, ...change }));
    return c.body(null, 204);
  });
  app.get('/_emulator/devices/:id', (c) => {
    const device = devices.get(c.req.param('id'));
    return device ? c.json(Object.values(device.shown)) : c.json({ error: 'no such device' }, 404);
  });

  app.post('/push/:id', async (c) => {
    const body = Buffer.from(await c.req.arrayBuffer());
    const header = (name: string) => c.req.header(name);
    const { id } = c.req.param();
    const topic = header('topic') ?? null;
    const request = { id, topic, ttl: header('ttl') ?? null, urgency: header('urgency') ?? null };
    return kit.execute(c, { operation: 'push.send', key: topic, request }, () => {
      const device = devices.get(id);
      if (!device) return refuse(404, 'no such subscription');
      if (device.gone) return refuse(device.gone, 'the subscription is over');
      const refused = refuseSender(header('authorization'), {
        origin: `http://${header('host')}`,
        applicationServerKey: device.applicationServerKey,
        nowSec: Date.now() / 1_000,
      });
      if (refused) return refuse(refused.status, refused.reason);
      const problem = refuseHeaders(header, topic);
      if (problem) return problem;
      if (body.length > MAX_BODY_BYTES) return refuse(413, 'the payload is too large');
      return show(device, body, { topic, ttlSec: Number(header('ttl')) });
    });
  });

  /** The service does not look into the payload; that a browser can open it is checked here as well. */
  function show(
    device: DeviceRecord,
    body: Buffer,
    { topic, ttlSec }: { topic: string | null; ttlSec: number },
  ): EmulatorAnswer {
    let payload: { tag?: string };
    try {
      payload = JSON.parse(decryptPush(body, device.keys).toString()) as { tag?: string };
    } catch (error) {
      return refuse(400, `the device cannot read it: ${(error as Error).message}`);
    }
    const tag = payload.tag ?? kit.nextId('tag_');
    const shown = { ...device.shown, [tag]: { payload, topic, ttlSec, at: new Date().toISOString() } };
    devices.put(device.id, { ...device, shown });
    return { status: 201, body: null, headers: { location: `/webpush/message/${kit.nextId('message_')}` } };
  }

  return app;
}

function refuseHeaders(
  header: (name: string) => string | undefined,
  topic: string | null,
): EmulatorAnswer | null {
  const ttl = header('ttl');
  const urgency = header('urgency');
  if (ttl === undefined || !/^\d+$/.test(ttl)) return refuse(400, 'TTL is missing');
  if (header('content-encoding') !== 'aes128gcm') return refuse(415, 'Content-Encoding must be aes128gcm');
  if (urgency !== undefined && !URGENCIES.has(urgency)) return refuse(400, 'no such urgency');
  return topic === null || TOPIC.test(topic) ? null : refuse(400, 'the topic is not valid');
}
