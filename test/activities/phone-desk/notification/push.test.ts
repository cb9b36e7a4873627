import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import {
  readSubscriptions,
  saveSubscription,
} from '../../../../db/phone-desk/notification/push-subscriptions.ts';
import { type MessageDesk, openMessageDesk } from '../../../support/message-desk.ts';

let desk: MessageDesk;
beforeAll(async () => {
  desk = await openMessageDesk();
});
afterEach(() => desk.clear());
afterAll(() => desk?.close());

const post = (path: string, body: object) =>
  fetch(`${desk.emulatorsUrl}/webpush/_emulator${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** A browser that subscribes with our key, and the customer it belongs to. */
async function subscribe(customerId: string, key = desk.deps.env.VAPID_PUBLIC_KEY!) {
  const answer = await post('/devices', { application_server_key: key });
  const subscription = (await answer.json()) as { endpoint: string; keys: { p256dh: string; auth: string } };
  const { db, vault } = desk.deps;
  expect(await saveSubscription(db, vault, customerId, subscription, null)).not.toBeNull();
  const id = subscription.endpoint.split('/').at(-1)!;
  return {
    id,
    end: (gone: 404 | 410) => post(`/devices/${id}`, { gone }),
    shown: async () =>
      (await (await fetch(`${desk.emulatorsUrl}/webpush/_emulator/devices/${id}`)).json()) as {
        payload: { title: string; body: string; tag: string; lang: string };
        topic: string;
        ttlSec: number;
      }[],
  };
}

const own = { notify_channels: ['push', 'email'] as ('push' | 'email')[] };

it('shows the message on every device of the customer, readable by nobody else', async () => {
  const { appointmentId, customerId, startsAt } = await desk.customer({ locale: 'de-DE' }, own);
  const devices = [await subscribe(customerId), await subscribe(customerId)];
  await desk.tell(appointmentId);
  expect(await desk.told(appointmentId)).toEqual(['push sent']);
  const [row] = await desk.rowsOf(appointmentId);
  for (const device of devices) {
    const [message, ...others] = await device.shown();
    expect(others).toEqual([]);
    expect(message!.payload).toMatchObject({
      title: expect.stringMatching(/^Bestätigt: Haircut am /),
      tag: row!.id.replaceAll('-', ''),
      lang: 'de-DE',
    });
    expect(message!.topic).toBe(message!.payload.tag);
    // Later than the appointment's end nobody wants to read it.
    const leftSec = (startsAt.getTime() + 30 * 60_000 - Date.now()) / 1_000;
    expect(Math.abs(message!.ttlSec - leftSec)).toBeLessThan(60);
  }
});

it('repeated after a lost answer replaces what the device shows', async () => {
  const { appointmentId, customerId } = await desk.customer({}, own);
  const device = await subscribe(customerId);
  await desk.fault({ vendor: 'webpush', operation: 'push.send', mode: 'executed-then-drop', count: 1 });
  const [message] = await desk.file(appointmentId);
  await expect(desk.send(message!.id)).rejects.toMatchObject({ type: 'VendorUnavailable' });
  expect(await desk.send(message!.id)).toBeNull();
  expect(await desk.ledger('webpush', 'push.send')).toHaveLength(4);
  expect(await device.shown()).toHaveLength(1);
});

it.each([404, 410] as const)(
  'answered with %i the device is forgotten; the last one switches to mail',
  async (gone) => {
    const { appointmentId, customerId } = await desk.customer({}, own);
    const [first, second] = [await subscribe(customerId), await subscribe(customerId)];
    await first.end(gone);
    await desk.tell(appointmentId);
    expect(await desk.told(appointmentId)).toEqual(['push sent']);
    expect(await readSubscriptions(desk.deps.db, desk.deps.vault, customerId)).toHaveLength(1);
    await second.end(gone);
    await desk.tell(appointmentId, 'rescheduled');
    expect((await desk.told(appointmentId)).slice(1)).toEqual(['push failed gone', 'email sent']);
    expect(await readSubscriptions(desk.deps.db, desk.deps.vault, customerId)).toEqual([]);
    await desk.tell(appointmentId, 'cancellation');
    expect((await desk.told(appointmentId)).slice(3)).toEqual(['email sent', 'push skipped no-device']);
  },
);

it('waits for a push service that is down, and for the key that the device was subscribed with', async () => {
  const { appointmentId, customerId } = await desk.customer({}, own);
  await subscribe(customerId);
  const [message] = await desk.file(appointmentId);
  await desk.fault({ vendor: 'webpush', operation: 'push.send', mode: 'status', status: 503, count: 1 });
  await expect(desk.send(message!.id)).rejects.toMatchObject({ type: 'VendorUnavailable' });
  expect(await desk.send(message!.id)).toBeNull();
  const other = await desk.customer({}, own);
  await subscribe(other.customerId, 'B'.padEnd(87, 'A'));
  const [refused] = await desk.file(other.appointmentId);
  await expect(desk.send(refused!.id)).rejects.toMatchObject({ type: 'VendorUnauthorized' });
  expect(await desk.told(other.appointmentId)).toEqual(['push pending']);
});
