import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually, startReceiver } from '../../emulators/fixture.ts';
import { at, type CalTest, startCalcom } from './emulator-fixture.ts';

let cal: CalTest;
beforeEach(async () => {
  cal = await startCalcom();
});
afterEach(() => cal.host.close());

describe('the version header', () => {
  test.each([
    ['/bookings', null],
    ['/bookings', '2024-04-15'],
    ['/bookings', '2024-09-04'],
    ['/slots?eventTypeId=10', '2024-08-13'],
    ['/slots/reservations/x', null],
    ['/event-types', '2024-04-15'],
  ])('GET %s with %s is refused, and the header is named', async (path, version) => {
    const { status, body } = await cal.call('GET', path, { version });
    expect(status).toBe(400);
    expect(body.error.message).toContain('cal-api-version');
  });

  test('/me and /webhooks need none', async () => {
    expect((await cal.call('GET', '/me', { version: null })).body.data).toMatchObject({
      id: 1,
      username: 'ada',
    });
    expect((await cal.call('GET', '/webhooks', { version: null })).status).toBe(200);
  });
});

describe('the key', () => {
  test.each([
    ['cal_live_wrong', 'Your api key is not valid'],
    ['token', 'Invalid Access Token.'],
    [null, 'No authentication method provided.'],
  ])('%s is refused', async (key, message) => {
    const { status, body } = await cal.call('GET', '/bookings', { key });
    expect(status).toBe(401);
    expect(body).toMatchObject({
      status: 'error',
      path: '/v2/bookings',
      error: { code: 'UnauthorizedException', message: expect.stringContaining(message) },
    });
  });

  test('a wrong key is refused even where none is needed; slots are public', async () => {
    const path = '/slots?eventTypeId=10&start=2040-01-09&end=2040-01-09';
    expect((await cal.call('GET', path, { key: 'cal_wrong' })).status).toBe(401);
    expect((await cal.call('GET', path, { key: null })).status).toBe(200);
  });
});

test('event types: of the key’s own user, of another, of a team, one by id', async () => {
  const ids = async (path: string, key?: string) => {
    const { body } = await cal.call('GET', path, key === undefined ? {} : { key });
    return body.data.map(({ id }: { id: number }) => id);
  };
  expect(await ids('/event-types')).toEqual([10, 11]);
  expect(await ids('/teams/7/event-types')).toEqual([20, 21]);
  expect((await cal.call('GET', '/teams')).body.data).toMatchObject([{ id: 7, slug: 'salon' }]);
  expect(await ids('/event-types', 'cal_live_cleo')).toEqual([30]);
  expect(await ids('/event-types?username=ada&eventSlug=colour')).toEqual([11]);
  expect(await ids('/event-types?username=nobody')).toEqual([]);
  expect((await cal.call('GET', '/event-types/20')).body.data).toMatchObject({
    slug: 'any',
    lengthInMinutes: 60,
    teamId: 7,
    hosts: [{ userId: 1, name: 'Ada' }, { userId: 2 }],
  });
  expect((await cal.call('GET', '/event-types/30')).status).toBe(404);
});

describe('the hosts of a team event type', () => {
  const patch = (body: object, key = 'cal_live_salon') =>
    cal.call('PATCH', '/teams/7/event-types/20', { body, key });

  test('are set as a whole by an admin of the team', async () => {
    const { status, body } = await patch({ hosts: [{ userId: 2 }] });
    expect([status, body.data.hosts]).toMatchObject([200, [{ userId: 2, name: 'Ben' }]]);
    expect((await cal.call('GET', '/event-types/20')).body.data.hosts).toMatchObject([{ userId: 2 }]);
    expect((await patch({ hosts: [{ userId: 1 }] }, 'cal_live_ben')).status).toBe(403);
    expect((await patch({ hosts: [{ userId: 3 }] })).body.error.message).toContain('Invalid hosts');
    expect((await patch({ hosts: [{ userId: 1 }], host: 1 })).status).toBe(400);
    const stranger = await cal.call('GET', '/teams/7/memberships', { key: 'cal_live_cleo' });
    expect(stranger.status).toBe(403);
  });

  test('are shown one event type at a time to an admin, with the settings that were given', async () => {
    const one = (id: number, key = 'cal_live_salon') =>
      cal.call('GET', `/teams/7/event-types/${id}`, { key });
    await patch({ hosts: [{ userId: 1, mandatory: true, priority: 'high' }, { userId: 2 }] });
    const { status, body } = await one(20);
    expect([status, body.data]).toMatchObject([
      200,
      {
        ...{ id: 20, teamId: 7, assignAllTeamMembers: false },
        hosts: [
          { userId: 1, mandatory: true, priority: 'high' },
          { userId: 2, mandatory: false, priority: 'medium' },
        ],
      },
    ]);
    expect([(await one(30)).status, (await one(20, 'cal_live_ben')).status]).toEqual([404, 403]);
  });

  test('are people of the team, with their addresses', async () => {
    const { body } = await cal.call('GET', '/teams/7/memberships?take=1&skip=1');
    expect(body.data).toMatchObject([
      { userId: 2, role: 'MEMBER', accepted: true, user: { email: 'ben@salon.example', username: 'ben' } },
    ]);
  });
});

test('the rate limit, once seeded, counts per key and blocks', async () => {
  await cal.host.seed({ calcom: { rateLimit: { limit: 2, ttlMs: 60_000, blockMs: 400 } } });
  const me = (key?: string) => cal.call('GET', '/me', key === undefined ? {} : { key });
  const first = await me();
  expect(first.headers.get('x-ratelimit-limit-default')).toBe('2');
  expect(first.headers.get('x-ratelimit-remaining-default')).toBe('1');
  expect(Number(first.headers.get('x-ratelimit-reset-default'))).toBeGreaterThan(55);
  expect((await me()).status).toBe(200);
  const third = await me();
  expect([third.status, third.body.error.message]).toEqual([
    429,
    'Too many requests. Please try again later.',
  ]);
  expect(third.headers.get('x-ratelimit-remaining-default')).toBe('0');
  expect((await me('cal_live_cleo')).status).toBe(200);
});

describe('faults', () => {
  test('a booking whose answer is lost is to be found by its metadata', async () => {
    const fault = { vendor: 'calcom', operation: 'bookings.create', count: 1 };
    await cal.host.fault({ ...fault, mode: 'executed-then-drop' });
    const metadata = { switchboardKey: 'k1' };
    await expect(cal.book({ metadata })).rejects.toThrow('fetch failed');
    const { data } = (await cal.call('GET', '/bookings?attendeeEmail=dora@example.com')).body;
    expect(data.map((booking: { metadata: unknown }) => booking.metadata)).toEqual([metadata]);
    expect((await cal.book({ metadata })).status).toBe(400);
    expect(await cal.host.ledger('operation=bookings.create')).toHaveLength(1);
  });

  test('a dropped request leaves the slot free', async () => {
    await cal.host.fault({ vendor: 'calcom', operation: '*', mode: 'before', count: 1 });
    await expect(cal.book()).rejects.toThrow('fetch failed');
    expect((await cal.book()).status).toBe(201);
  });

  test('with the rate limit on, a dropped answer does not disturb the next one', async () => {
    await cal.host.seed({ calcom: { rateLimit: { limit: 100 } } });
    await cal.host.fault({ vendor: 'calcom', operation: '*', mode: 'executed-then-drop', count: 1 });
    await expect(cal.call('GET', '/me')).rejects.toThrow('fetch failed');
    expect((await cal.call('GET', '/me')).status).toBe(200);
  });
});

describe('webhooks', () => {
  const triggers = ['BOOKING_CREATED', 'BOOKING_RESCHEDULED', 'BOOKING_CANCELLED'];
  const subscribe = (more: object) =>
    cal.call('POST', '/webhooks', { body: { active: true, triggers, ...more } });

  test('a booking, its move and its end are told, signed with the secret', async () => {
    const receiver = await startReceiver();
    expect((await subscribe({ subscriberUrl: receiver.url, secret: 's3cret' })).status).toBe(201);
    const first = (await cal.book({ start: at('10:00') })).body.data;
    const moved = await cal.call('POST', `/bookings/${first.uid}/reschedule`, {
      body: { start: at('11:00') },
    });
    const { uid } = moved.body.data;
    await eventually(
      () => receiver.received.length,
      (count) => count === 2,
    );
    await cal.call('POST', `/bookings/${uid}/cancel`, { body: { cancellationReason: 'ill' } });
    await cal.book({ eventTypeId: 30 });
    await eventually(
      () => receiver.received.length,
      (count) => count === 3,
    );
    for (const { body, headers } of receiver.received) {
      expect(headers['x-cal-signature-256']).toBe(createHmac('sha256', 's3cret').update(body).digest('hex'));
      expect(headers['x-cal-webhook-version']).toBe('2021-10-20');
    }
    const events = receiver.received.map(({ body }) => JSON.parse(body));
    expect(events.find(({ triggerEvent }) => triggerEvent === 'BOOKING_CREATED')).toMatchObject({
      createdAt: expect.any(String),
      payload: {
        uid: first.uid,
        type: 'haircut',
        status: 'ACCEPTED',
        organizer: { email: 'ada@salon.example' },
      },
    });
    expect(events.find(({ triggerEvent }) => triggerEvent === 'BOOKING_RESCHEDULED').payload).toMatchObject({
      uid,
      rescheduleUid: first.uid,
      rescheduleStartTime: at('10:00'),
    });
    expect(events.find(({ triggerEvent }) => triggerEvent === 'BOOKING_CANCELLED').payload).toMatchObject({
      uid,
      status: 'CANCELLED',
      cancellationReason: 'ill',
      cancelledBy: 'ada@salon.example',
    });
    await receiver.close();
  });

  test('without a secret the signature is the text that must be refused; a lost one is not repeated', async () => {
    const receiver = await startReceiver();
    receiver.answers.push(500);
    await subscribe({ subscriberUrl: receiver.url });
    await cal.book();
    const rows = await eventually(
      () => cal.host.ledger('operation=webhooks.deliver'),
      (all) => all.length > 0,
    );
    expect(rows).toMatchObject([{ status: 500 }]);
    expect(receiver.received[0]?.headers['x-cal-signature-256']).toBe('no-secret-provided');
    await receiver.close();
  });

  test('are kept, changed and deleted by their owner', async () => {
    const { id } = (await subscribe({ subscriberUrl: 'http://127.0.0.1:9/x' })).body.data;
    const path = `/webhooks/${id}`;
    expect((await cal.call('PATCH', path, { body: { active: false } })).body.data).toMatchObject({
      active: false,
      subscriberUrl: 'http://127.0.0.1:9/x',
      triggers,
    });
    expect((await cal.call('GET', path, { key: 'cal_live_cleo' })).status).toBe(404);
    expect((await cal.call('GET', '/webhooks')).body.data).toHaveLength(1);
    expect((await cal.call('DELETE', path)).status).toBe(200);
    expect((await cal.call('GET', '/webhooks')).body.data).toEqual([]);
    expect((await subscribe({ subscriberUrl: 'x' })).status).toBe(400);
    const own = await cal.call('POST', '/event-types/10/webhooks', {
      body: { active: true, triggers, subscriberUrl: 'http://127.0.0.1:9/x' },
    });
    expect(own.body.data).toMatchObject({ eventTypeId: 10 });
  });
});

test('an unknown route has the error shape of all others', async () => {
  const { status, body } = await cal.call('GET', '/nothing?x=1');
  expect(status).toBe(404);
  expect(body).toMatchObject({
    status: 'error',
    path: '/v2/nothing?x=1',
    error: { code: 'NotFoundException', message: 'Cannot GET /v2/nothing?x=1' },
  });
  const broken = await fetch(`${cal.host.url}/calcom/v2/bookings`, {
    method: 'POST',
    headers: { authorization: 'Bearer cal_live_salon', 'cal-api-version': '2026-02-25' },
    body: '{',
  });
  expect(broken.status).toBe(400);
});

test('a second subscription of a user to the same address is refused', async () => {
  const body = { active: true, subscriberUrl: 'https://desk.example/hook', triggers: ['BOOKING_CREATED'] };
  expect((await cal.call('POST', '/webhooks', { body })).status).toBe(201);
  const again = await cal.call('POST', '/webhooks', { body });
  expect([again.status, again.body.error.code]).toEqual([409, 'ConflictException']);
  expect((await cal.call('POST', '/webhooks', { body, key: 'cal_live_cleo' })).status).toBe(201);
});
