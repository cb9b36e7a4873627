import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { at, type CalTest, startCalcom } from './emulator-fixture.ts';

let cal: CalTest;
beforeEach(async () => {
  cal = await startCalcom();
});
afterEach(() => cal.host.close());

describe('creating', () => {
  test('answers the booking and writes it into the ledger under our key', async () => {
    const { status, body } = await cal.book({ metadata: { switchboardKey: 'appointment-1' } });
    expect(status).toBe(201);
    expect(body.data).toMatchObject({
      id: expect.any(Number),
      uid: expect.stringMatching(/^[0-9a-f]{22}$/),
      title: 'Haircut between Ada and Dora',
      status: 'accepted',
      start: at('09:00'),
      end: at('09:30'),
      duration: 30,
      eventType: { id: 10, slug: 'haircut' },
      hosts: [{ id: 1, username: 'ada', timeZone: 'Europe/Berlin' }],
      attendees: [{ name: 'Dora', email: 'dora@example.com', language: 'en', absent: false }],
      metadata: { switchboardKey: 'appointment-1' },
    });
    expect(await cal.host.ledger()).toMatchObject([
      { vendor: 'calcom', operation: 'bookings.create', key: 'appointment-1', status: 201 },
    ]);
    expect((await cal.call('GET', `/bookings/${body.data.uid}`)).body.data).toEqual(body.data);
  });

  test('both booking versions are taken, and ids go on after a restart', async () => {
    const older = await cal.call('POST', '/bookings', {
      version: '2024-08-13',
      body: {
        start: '2040-01-09T09:00:00',
        eventTypeId: 10,
        attendee: { name: 'Eve', timeZone: 'UTC', phoneNumber: '+4915112345678' },
      },
    });
    expect(older.body.data.attendees[0]).toMatchObject({
      email: '4915112345678@sms.cal.com',
      phoneNumber: '+4915112345678',
    });
    await cal.host.restart();
    const next = await cal.book({ start: at('09:30') });
    expect(next.body.data.id).toBeGreaterThan(older.body.data.id);
    expect((await cal.book({ start: at('09:00') })).status).toBe(400);
  });

  test('a taken slot is refused in the words for one user, or for hosts', async () => {
    await cal.book({ start: at('10:00') });
    const again = await cal.book({ start: at('10:15') });
    expect(again.status).toBe(400);
    expect(again.body).toMatchObject({
      status: 'error',
      path: '/v2/bookings',
      error: {
        code: 'BadRequestException',
        message: 'User either already has booking at this time or is not available',
      },
    });
    expect(Date.parse(again.body.timestamp)).toBeGreaterThan(Date.now() - 5_000);
    await cal.book({ start: at('10:00'), eventTypeId: 20 });
    const none = await cal.book({ start: at('10:00'), eventTypeId: 20 });
    expect(none.body.error.message).toBe(
      'One of the hosts either already has booking at this time or is not available',
    );
    expect(await cal.host.ledger()).toHaveLength(2);
  });

  test('of fifty at once for one slot exactly one is booked', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => cal.book({ start: at('10:00') })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(49);
  });

  test('round-robin takes the least booked host, a collective all', async () => {
    const hosts = async (start: string, more: object = {}) =>
      (await cal.book({ start, eventTypeId: 20, ...more })).body.data.hosts.map(
        ({ id }: { id: number }) => id,
      );
    expect(await hosts(at('09:00'))).toEqual([1]);
    expect(await hosts(at('10:00'))).toEqual([2]);
    expect(await hosts(at('10:00'))).toEqual([1]);
    const both = {
      eventTypeId: 21,
      attendee: { name: 'Dora', timeZone: 'UTC', phoneNumber: '+4915112345678' },
      bookingFieldsResponses: { style: 'short' },
    };
    expect(await hosts(at('11:00'), both)).toEqual([1, 2]);
    expect((await cal.book({ start: at('11:00'), eventTypeId: 20 })).status).toBe(400);
  });

  const attendee = { name: 'Dora', timeZone: 'UTC', email: 'dora@example.com' };
  test.each([
    ['the past', { start: '2020-01-06T10:00:00Z' }, 400, 'Attempting to book a meeting in the past.'],
    ['a time after work', { start: at('20:00') }, 400, 'is not available'],
    ['an end after work', { start: at('15:45') }, 400, 'is not available'],
    ['an unknown event type', { eventTypeId: 99 }, 404, 'Event type with id 99 not found.'],
    ['no start', { start: null }, 400, 'start must be a valid ISO 8601 date string'],
    ['no event type', { eventTypeId: '10' }, 400, 'eventTypeId must be an integer number'],
    ['no name', { attendee: { ...attendee, name: undefined } }, 400, 'name must be a string'],
    ['no zone', { attendee: { ...attendee, timeZone: 'Berlin' } }, 400, 'timeZone must be a valid IANA'],
    ['no way to reach', { attendee: { ...attendee, email: undefined } }, 400, 'At least one contact method'],
    ['a broken address', { attendee: { ...attendee, email: 'dora' } }, 400, 'Invalid email format'],
    ['a broken number', { attendee: { ...attendee, phoneNumber: '0' } }, 400, 'Invalid phone number format'],
    ['an unknown property', { end: at('10:00') }, 400, 'end property is wrong,property end should not exist'],
    ['a chosen length', { lengthInMinutes: 30 }, 400, 'not a variable length event type'],
    ['51 metadata keys', { metadata: keys(51) }, 400, 'Metadata must have at most 50 keys'],
    ['a long metadata key', { metadata: { ['k'.repeat(41)]: '' } }, 400, 'each key up to 40 characters'],
    ['a long value', { metadata: { a: 'v'.repeat(501) } }, 400, 'string values up to 500 characters'],
    ['a nested value', { metadata: { a: { b: 1 } } }, 400, 'Metadata must have'],
    ['no phone where one is required', { eventTypeId: 21 }, 400, 'Missing attendee phone number'],
    [
      'no response to a required field',
      { eventTypeId: 21, attendee: { ...attendee, phoneNumber: '+4915112345678' } },
      400,
      'Missing required booking field response: style',
    ],
  ])('refuses %s', async (_name, more, status, message) => {
    const { status: given, body } = await cal.book(more);
    expect([given, body.error.message]).toEqual([status, expect.stringContaining(message)]);
    expect(await cal.host.ledger()).toEqual([]);
  });

  test('refuses what is nearer than the notice', async () => {
    const soon = new Date(Date.now() + 60_000).toISOString();
    const { body } = await cal.book({ eventTypeId: 11, start: soon });
    expect(body.error.message).toContain('The event type can\'t be booked at the "start" time provided.');
  });

  test('takes metadata at the limits, and a chosen length where there is a choice', async () => {
    const metadata = { ...keys(49), ['k'.repeat(40)]: 'v'.repeat(500) };
    const { body } = await cal.book({ eventTypeId: 11, start: at('10:00'), metadata, lengthInMinutes: 90 });
    expect(body.data).toMatchObject({ duration: 90, metadata });
  });
});

function keys(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));
}

describe('changing', () => {
  test('a reschedule makes a new booking and cancels the old one', async () => {
    const old = (await cal.book({ start: at('10:00'), metadata: { switchboardKey: 'k1' } })).body.data;
    const { status, body } = await cal.call('POST', `/bookings/${old.uid}/reschedule`, {
      body: { start: at('10:15'), reschedulingReason: 'late bus' },
    });
    expect(status).toBe(201);
    expect(body.data).toMatchObject({
      status: 'accepted',
      start: at('10:15'),
      end: at('10:45'),
      rescheduledFromUid: old.uid,
      reschedulingReason: 'late bus',
      metadata: { switchboardKey: 'k1' },
    });
    expect(body.data.uid).not.toBe(old.uid);
    const gone = (await cal.call('GET', `/bookings/${old.uid}`)).body.data;
    expect(gone).toMatchObject({ status: 'cancelled', rescheduledToUid: body.data.uid });
    const again = await cal.call('POST', `/bookings/${old.uid}/reschedule`, { body: { start: at('12:00') } });
    expect([again.status, again.body.error.message]).toEqual([
      400,
      expect.stringContaining(`rescheduled already to booking with uid=${body.data.uid}`),
    ]);
    expect((await cal.host.ledger()).map(({ operation, status }) => [operation, status])).toEqual([
      ['bookings.create', 201],
      ['bookings.reschedule', 201],
    ]);
  });

  test('a reschedule to a taken time changes nothing', async () => {
    const old = (await cal.book({ start: at('10:00') })).body.data;
    await cal.book({ start: at('11:00') });
    const { status } = await cal.call('POST', `/bookings/${old.uid}/reschedule`, {
      body: { start: at('11:00') },
    });
    expect(status).toBe(400);
    expect((await cal.call('GET', `/bookings/${old.uid}`)).body.data).toEqual(old);
  });

  test('a cancellation wants a reason from the host and happens once', async () => {
    const { uid } = (await cal.book()).body.data;
    const cancel = (body: object) => cal.call('POST', `/bookings/${uid}/cancel`, { body });
    expect((await cancel({})).body.error.message).toBe(
      'Cancellation reason is required when you are the host',
    );
    expect((await cancel({ cancellationReason: 'ill' })).body.data).toMatchObject({
      status: 'cancelled',
      cancellationReason: 'ill',
      cancelledByEmail: 'ada@salon.example',
    });
    const again = await cancel({ cancellationReason: 'ill' });
    expect([again.status, again.body.error.message]).toEqual([
      400,
      'This booking has already been cancelled.',
    ]);
  });

  test.each(['GET /bookings/x', 'POST /bookings/x/cancel', 'POST /bookings/x/reschedule'])(
    '%s of an unknown booking is a 404',
    async (route) => {
      const [method = '', path = ''] = route.split(' ');
      const body = path.endsWith('cancel') ? {} : { start: at('10:00') };
      expect((await cal.call(method, path, method === 'GET' ? {} : { body })).status).toBe(404);
    },
  );
});

describe('listing', () => {
  const list = async (query: string, key = 'cal_live_salon') =>
    (await cal.call('GET', `/bookings?${query}`, { key })).body;
  const starts = async (query: string) =>
    (await list(query)).data.map(({ start }: { start: string }) => start.slice(11, 16));

  beforeEach(async () => {
    const other = { name: 'Eve', email: 'eve@example.com', timeZone: 'UTC' };
    await cal.book({ start: at('09:00') });
    await cal.book({ start: at('10:00'), attendee: other, metadata: { switchboardKey: 'k2' } });
    const { uid } = (await cal.book({ start: at('11:00'), eventTypeId: 11 })).body.data;
    await cal.call('POST', `/bookings/${uid}/cancel`, { body: { cancellationReason: 'x' } });
    await cal.book({ start: at('09:00'), eventTypeId: 30 });
  });

  test('filters by attendee, event type, status and time', async () => {
    expect(await starts('')).toEqual(['09:00', '10:00', '11:00']);
    expect(await starts('attendeeEmail=eve@example.com')).toEqual(['10:00']);
    expect(await starts('attendeeName=Eve')).toEqual(['10:00']);
    expect(await starts('eventTypeIds=11,12')).toEqual(['11:00']);
    expect(await starts('status=cancelled')).toEqual(['11:00']);
    expect(await starts('status=upcoming,cancelled&sortStart=desc')).toEqual(['11:00', '10:00', '09:00']);
    expect(await starts('status=past')).toEqual([]);
    expect(await starts(`afterStart=${at('09:30')}&beforeEnd=${at('10:30')}`)).toEqual(['10:00']);
    expect(await starts(`afterUpdatedAt=${new Date(Date.now() + 60_000).toISOString()}`)).toEqual([]);
    expect(await starts(`afterCreatedAt=${new Date(Date.now() - 60_000).toISOString()}`)).toHaveLength(3);
  });

  test('finds a booking by our own key in its metadata', async () => {
    const { data } = await list(`attendeeEmail=eve@example.com&afterStart=${at('00:00')}`);
    expect(data[0].metadata).toEqual({ switchboardKey: 'k2' });
  });

  test('pages', async () => {
    expect((await list('take=2')).pagination).toEqual({
      totalItems: 3,
      remainingItems: 1,
      returnedItems: 2,
      itemsPerPage: 2,
      currentPage: 1,
      totalPages: 2,
      hasNextPage: true,
      hasPreviousPage: false,
    });
    const last = await list('take=2&skip=2');
    expect([last.data.length, last.pagination.hasNextPage, last.pagination.currentPage]).toEqual([
      1,
      false,
      2,
    ]);
    expect((await cal.call('GET', '/bookings?take=251')).status).toBe(400);
    expect((await cal.call('GET', '/bookings?statuss=past')).status).toBe(400);
  });

  test('a key sees its own bookings only', async () => {
    const { data } = await list('', 'cal_live_cleo');
    expect(data.map(({ eventTypeId }: { eventTypeId: number }) => eventTypeId)).toEqual([30]);
  });
});
