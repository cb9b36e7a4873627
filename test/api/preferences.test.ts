import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blockChannel } from '../../db/phone-desk/notification/channel-blocks.ts';
import { addCompany, addCustomer, startTestApi, type TestApi, type TestCompany } from './support.ts';

let api: TestApi;
let salon: TestCompany;
let other: TestCompany;
let customerId: string;
let path: string;

beforeAll(async () => {
  api = await startTestApi();
  salon = await addCompany(api.db, 'salon');
  other = await addCompany(api.db, 'dental');
  customerId = (await addCustomer(api, salon)).id;
  path = `/api/customers/${customerId}/preferences`;
});
afterAll(() => api.close());

const patch = (at: string, body: unknown, key = salon.key) => api.patch(at, body, key);

describe('how a customer is told', () => {
  it('is as the company has it until the customer wishes something else', async () => {
    expect((await api.get(path, salon.key)).body).toEqual({
      customerId,
      channels: null,
      companyChannels: ['email', 'sms'],
      quietHours: null,
      companyQuietHours: null,
      language: 'de',
      timeZone: 'Europe/Berlin',
      optedOut: [],
      noReminders: [],
      blocks: [],
      devices: 0,
    });
    const changed = await patch(path, {
      channels: ['whatsapp', 'email'],
      quietHours: { from: '21:30', to: '08:00' },
      language: 'en-GB',
      timeZone: 'Africa/Cairo',
      optedOut: ['sms'],
      noReminders: ['email'],
    });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({
      channels: ['whatsapp', 'email'],
      quietHours: { from: '21:30', to: '08:00' },
      language: 'en-GB',
      timeZone: 'Africa/Cairo',
      optedOut: ['sms'],
      noReminders: ['email'],
      blocks: [
        { channel: 'email', reason: 'no-reminders', source: 'api' },
        { channel: 'sms', reason: 'opted-out', source: 'api' },
      ],
    });
    const back = await patch(path, { channels: null, quietHours: 'none', optedOut: [] });
    expect(back.body).toMatchObject({
      channels: null,
      quietHours: 'none',
      optedOut: [],
      noReminders: ['email'],
    });
    const audit = await api.db
      .selectFrom('audit_log')
      .where('entity', '=', `customer/${customerId}`)
      .select(['action', 'detail'])
      .orderBy('id')
      .execute();
    expect(audit.at(-1)).toEqual({
      action: 'preferences.change',
      detail: { fields: ['channels', 'quietHours', 'optedOut'] },
    });
  });

  it('keeps what others have said, and takes an address back that works after all', async () => {
    const { id } = await addCustomer(api, salon);
    const bad = { channel: 'email', reason: 'bad-address', source: 'bounce', code: '5.1.1' } as const;
    await blockChannel(api.db, [id], bad);
    await blockChannel(api.db, [id], {
      ...bad,
      channel: 'sms',
      reason: 'opted-out',
      source: 'word',
      code: null,
    });
    const at = `/api/customers/${id}/preferences`;
    const kept = await patch(at, { optedOut: ['sms', 'push'] });
    expect(kept.body.blocks).toMatchObject([
      bad,
      { channel: 'push', reason: 'opted-out', source: 'api' },
      { channel: 'sms', reason: 'opted-out', source: 'word' },
    ]);
    const mended = await patch(at, { addressWorks: ['email'] });
    expect(mended.body.blocks).toHaveLength(2);
  });

  it.each([
    [{}, '', 'name at least one field to change'],
    [{ channels: [] }, 'channels', 'Too small: expected array to have >=1 items'],
    [{ channels: ['sms', 'sms'] }, 'channels', 'names a channel twice'],
    [
      { channels: ['pigeon'] },
      'channels.0',
      'Invalid option: expected one of "email"|"sms"|"whatsapp"|"push"',
    ],
    [{ quietHours: { from: '22:00' } }, 'quietHours', 'must be {"from": "HH:MM"'],
    [{ quietHours: 'never' }, 'quietHours', '"none" or null'],
    [{ quietHours: { from: '22:00', to: '22:00' } }, 'quietHours', 'must not begin and end at the same time'],
    [{ quietHours: { from: '24:00', to: '07:00' } }, 'quietHours.from', 'must be a time as HH:MM'],
    [{ language: 'x' }, 'language', 'must be a language tag such as de or en-GB'],
    [{ timeZone: 'Mars/Olympus' }, 'timeZone', 'must be a zone of the IANA list'],
    // Distances to UTC, which formats refuse and the database reads the other way round.
    [{ timeZone: '+02:00' }, 'timeZone', 'must be a zone of the IANA list'],
    [{ timeZone: '2027-01-01T00:00Z' }, 'timeZone', 'must be a zone of the IANA list'],
    [{ sms: true }, 'sms', 'is not known here'],
  ])('%o is refused: %s %s', async (body, field, message) => {
    const answer = await patch(path, body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toContainEqual({ path: field, message: expect.stringContaining(message) });
  });

  it('is nobody else’s business', async () => {
    expect((await api.get(path, other.key)).status).toBe(404);
    expect((await patch(path, { channels: null }, other.key)).status).toBe(404);
    expect((await api.get(path)).status).toBe(401);
    expect((await api.get(path, api.operatorKey)).status).toBe(200);
  });
});

describe('of a customer who was forgotten', () => {
  it('nothing is noted any more, and whoever asks is told why', async () => {
    const { id } = await addCustomer(api, salon);
    await api.db.updateTable('customers').set({ erased_at: new Date() }).where('id', '=', id).execute();
    const at = `/api/customers/${id}`;
    const address = 'https://fcm.googleapis.com/fcm/send/gone';
    const keys = {
      p256dh: Buffer.alloc(65, 4).toString('base64url'),
      auth: Buffer.alloc(16, 1).toString('base64url'),
    };
    for (const answer of [
      await patch(`${at}/preferences`, { quietHours: 'none', optedOut: ['sms'] }),
      await api.post(`${at}/push-subscriptions`, { endpoint: address, keys }, salon.key),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([409, 'already-erased']);
    }
    // A bounce or the link in a reminder that comes late.
    await blockChannel(api.db, [id], {
      channel: 'email',
      reason: 'no-reminders',
      source: 'link',
      code: null,
    });
    expect((await api.get(`${at}/preferences`, salon.key)).body).toMatchObject({
      quietHours: null,
      blocks: [],
      devices: 0,
    });
  });
});

describe('how a company tells', () => {
  const at = '/api/companies/salon/messaging';

  it('is shown and changed', async () => {
    expect((await api.get(at, salon.key)).body).toEqual({
      channels: ['email', 'sms'],
      atOnce: 2,
      smsEnabled: false,
      smsSender: null,
      whatsappSender: null,
      quietHours: null,
    });
    const change = {
      channels: ['whatsapp', 'sms', 'email'],
      atOnce: 1,
      smsEnabled: true,
      whatsappSender: '+4930901820',
      quietHours: { from: '22:00', to: '07:00' },
    };
    expect((await patch(at, change)).body).toEqual({ smsSender: null, ...change });
    expect((await api.get(path, salon.key)).body).toMatchObject({
      companyChannels: change.channels,
      companyQuietHours: change.quietHours,
    });
  });

  it.each([
    [{ atOnce: 0 }, 'atOnce'],
    [{ whatsappSender: '0151 2345' }, 'whatsappSender'],
    [{ quietHours: { from: '7:00', to: '22:00' } }, 'quietHours.from'],
    [{}, ''],
  ])('%o is refused: %s', async (body, field) => {
    const answer = await patch(at, body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toContain(field);
  });

  it('is changed by the company itself or an operator', async () => {
    expect((await patch(at, { atOnce: 1 }, other.key)).status).toBe(403);
    expect((await patch('/api/companies/nowhere/messaging', { atOnce: 1 }, api.operatorKey)).status).toBe(
      400,
    );
  });
});

describe('devices of a customer', () => {
  const keys = {
    p256dh: Buffer.alloc(65, 4).toString('base64url'),
    auth: Buffer.alloc(16, 1).toString('base64url'),
  };
  const endpoint = 'https://fcm.googleapis.com/fcm/send/abc';
  const at = () => `/api/customers/${customerId}/push-subscriptions`;

  it('are subscribed with our key, once each, and ended', async () => {
    const { publicKey } = (await api.get('/api/push-key', salon.key)).body;
    expect(publicKey).toBe(api.deps.env.VAPID_PUBLIC_KEY);
    const made = await api.post(at(), { endpoint, expirationTime: null, keys }, salon.key);
    expect(made.status).toBe(201);
    expect((await api.post(at(), { endpoint, keys }, salon.key)).body).toEqual(made.body);
    expect((await api.get(path, salon.key)).body.devices).toBe(1);
    const one = `${at()}/${made.body.id}`;
    expect((await api.send('DELETE', one, undefined, other.key)).status).toBe(404);
    expect((await api.send('DELETE', one, undefined, salon.key)).status).toBe(200);
    expect((await api.send('DELETE', one, undefined, salon.key)).status).toBe(404);
  });

  it.each([
    ['http://169.254.169.254/latest', 'endpoint'],
    ['https://fcm.googleapis.com.evil.example/x', 'endpoint'],
    ['https://user:pass@fcm.googleapis.com/x', 'endpoint'],
    ['https://10.0.0.1/x', 'endpoint'],
    ['ftp://fcm.googleapis.com/x', 'endpoint'],
    ['nowhere', 'endpoint'],
  ])('are not told at %s', async (address, field) => {
    const answer = await api.post(at(), { endpoint: address, keys }, salon.key);
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].path).toBe(field);
  });

  it.each([
    [{ ...keys, auth: 'AAAA' }, 'keys.auth'],
    [{ ...keys, p256dh: 'not base64!' }, 'keys.p256dh'],
    [{ auth: keys.auth }, 'keys.p256dh'],
  ])('have keys of the right size: %o', async (wrong, field) => {
    const answer = await api.post(at(), { endpoint, keys: wrong }, salon.key);
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toContain(field);
  });
});
