import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { at, type CalTest, DAY, startCalcom } from './emulator-fixture.ts';

let cal: CalTest;
beforeEach(async () => {
  cal = await startCalcom();
});
afterEach(() => cal.host.close());

const monday = `start=${DAY}&end=${DAY}`;

test('slots stand under their local day, with the offset of the asked zone', async () => {
  const days = await cal.slots(`eventTypeId=10&start=${DAY}&end=2040-01-15&timeZone=Europe/Berlin`);
  expect(Object.keys(days)).toEqual(['2040-01-09', '2040-01-10', '2040-01-11', '2040-01-12', '2040-01-13']);
  expect(days[DAY]).toHaveLength(16);
  expect(days[DAY]?.[0]).toEqual({ start: '2040-01-09T09:00:00.000+01:00' });
  expect(days[DAY]?.at(-1)).toEqual({ start: '2040-01-09T16:30:00.000+01:00' });
});

test('without a zone slots are UTC; range adds the end', async () => {
  const days = await cal.slots(`eventTypeId=20&${monday}&format=range`);
  expect(days[DAY]?.[0]).toEqual({ start: at('08:00'), end: at('09:00') });
});

test('a slot before local midnight belongs to the local day', async () => {
  const days = await cal.slots(`eventTypeId=10&${monday}&timeZone=Pacific/Auckland`);
  expect(days['2040-01-09']?.at(-1)?.start).toBe('2040-01-09T23:30:00.000+13:00');
  expect(days['2040-01-10']?.[0]?.start).toBe('2040-01-10T00:00:00.000+13:00');
});

test('start and end cut the day; an event type is also found by slug', async () => {
  const query = `start=${DAY}T09:00:00Z&end=${DAY}T10:00:00Z`;
  expect(await cal.starts(`eventTypeId=10&${query}`)).toEqual([at('09:00'), at('09:30'), at('10:00')]);
  expect(await cal.starts(`eventTypeSlug=haircut&username=ada&${query}`)).toHaveLength(3);
  expect(await cal.starts(`eventTypeSlug=any&teamSlug=salon&${query}`)).toEqual([at('09:00'), at('10:00')]);
});

test('a schedule on the other side of the date line', async () => {
  const availability = [{ days: ['Tuesday'], startTime: '09:00', endTime: '10:00' }];
  const schedule = { timeZone: 'Pacific/Auckland', availability };
  const type = { id: 70, slug: 'far', title: 'Far', lengthInMinutes: 60, ownerId: 3, schedule };
  await cal.host.seed({ calcom: { eventTypes: [type] } });
  const found = await cal.starts(`eventTypeId=70&start=2040-01-08T21:00:00Z&end=${DAY}T20:00:00Z`);
  expect(found).toEqual([at('20:00')]);
});

describe('clock changes in Berlin', () => {
  const nights = (availability: object[]) =>
    cal.host.seed({
      calcom: {
        eventTypes: [
          {
            id: 40,
            slug: 'night',
            title: 'Night',
            lengthInMinutes: 30,
            ownerId: 1,
            schedule: { timeZone: 'Europe/Berlin', availability },
          },
        ],
      },
    });
  const sunday = { days: ['Sunday'], startTime: '01:00', endTime: '04:00' };
  const local = async (day: string) => {
    // A bare date means the day in UTC: the local night before it begins a day earlier.
    const from = `${day.slice(0, 8)}${Number(day.slice(8)) - 1}`;
    const days = await cal.slots(`eventTypeId=40&start=${from}&end=${day}&timeZone=Europe/Berlin`);
    return days[day]?.map(({ start }) => start.slice(11, 16).concat(start.slice(23)));
  };

  test('in spring no slot stands at 2:30, which no clock shows', async () => {
    await nights([sunday]);
    expect(await local('2040-03-25')).toEqual(['01:00+01:00', '01:30+01:00', '03:00+02:00', '03:30+02:00']);
  });

  test('in autumn the repeated hour is offered twice, apart by its offset', async () => {
    await nights([sunday]);
    expect(await local('2040-10-28')).toEqual([
      '01:00+02:00',
      '01:30+02:00',
      '02:00+02:00',
      '02:30+02:00',
      '02:00+01:00',
      '02:30+01:00',
      '03:00+01:00',
      '03:30+01:00',
    ]);
  });

  test('opening hours keep their wall clock over the change', async () => {
    await nights([{ days: ['Saturday', 'Sunday', 'Monday'], startTime: '09:00', endTime: '10:00' }]);
    const starts = await cal.starts('eventTypeId=40&start=2040-03-24&end=2040-03-26');
    expect(starts.map((start) => start.slice(5, 16))).toEqual([
      '03-24T08:00',
      '03-24T08:30',
      '03-25T07:00',
      '03-25T07:30',
      '03-26T07:00',
      '03-26T07:30',
    ]);
  });
});

describe('what takes a slot away', () => {
  test('a booking, also of another event type of the host, with both buffers', async () => {
    await cal.book({ start: at('10:00') });
    expect(await cal.starts(`eventTypeId=10&${monday}`)).not.toContain(at('10:00'));
    expect(await cal.starts(`eventTypeId=10&${monday}`)).toContain(at('09:30'));
    // Colour keeps 10 min before and 15 min after: 9:00-10:00 would end too late, 11:00 is the next.
    const colour = await cal.starts(`eventTypeId=11&${monday}`);
    expect(colour).toEqual([at('08:00'), ...[11, 12, 13, 14, 15].map((hour) => at(`${hour}:00`))]);
  });

  test('a cancelled booking gives it back', async () => {
    const { body } = await cal.book({ start: at('10:00') });
    await cal.call('POST', `/bookings/${body.data.uid}/cancel`, { body: { cancellationReason: 'ill' } });
    expect(await cal.starts(`eventTypeId=10&${monday}`)).toContain(at('10:00'));
  });

  test('the booking that is to be moved does not stand in its own way', async () => {
    const { body } = await cal.book({ start: at('10:00') });
    const query = `eventTypeId=10&${monday}&bookingUidToReschedule=${body.data.uid}`;
    expect(await cal.starts(query)).toContain(at('10:00'));
  });

  test('a busy time; a day off and longer hours by override', async () => {
    await cal.host.seed({
      calcom: {
        busy: [{ userId: 1, start: at('08:00'), end: at('15:15') }],
        eventTypes: [
          {
            id: 50,
            slug: 'o',
            title: 'O',
            lengthInMinutes: 60,
            ownerId: 2,
            schedule: {
              timeZone: 'Europe/Berlin',
              availability: [{ days: ['Monday', 'Tuesday'], startTime: '09:00', endTime: '11:00' }],
              overrides: [
                { date: DAY, startTime: '00:00', endTime: '00:00' },
                { date: '2040-01-10', startTime: '22:00', endTime: '24:00' },
              ],
            },
          },
        ],
      },
    });
    expect(await cal.starts(`eventTypeId=10&${monday}`)).toEqual([at('15:30')]);
    expect(await cal.starts('eventTypeId=50&start=2040-01-08&end=2040-01-12')).toEqual([
      at('21:00', '2040-01-10'),
      at('22:00', '2040-01-10'),
    ]);
  });

  test('one free host is enough for round-robin, a collective needs all', async () => {
    await cal.book({ start: at('10:00') });
    expect(await cal.starts(`eventTypeId=20&${monday}`)).toContain(at('10:00'));
    expect(await cal.starts(`eventTypeId=21&${monday}`)).not.toContain(at('10:00'));
  });

  test('the past, and the notice that an event type wants', async () => {
    await cal.host.seed({
      calcom: {
        eventTypes: [
          {
            id: 60,
            slug: 'always',
            title: 'Always',
            lengthInMinutes: 60,
            ownerId: 3,
            minimumBookingNotice: 120,
            schedule: {
              timeZone: 'UTC',
              availability: [
                {
                  days: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
                  startTime: '00:00',
                  endTime: '24:00',
                },
              ],
            },
          },
        ],
      },
    });
    const now = Date.now();
    const day = (offset: number) => new Date(now + offset * 86_400_000).toISOString().slice(0, 10);
    const starts = await cal.starts(`eventTypeId=60&start=${day(-2)}&end=${day(1)}`);
    expect(Date.parse(starts[0] ?? '')).toBeGreaterThanOrEqual(now + 120 * 60_000);
    expect(Date.parse(starts[0] ?? '')).toBeLessThan(now + 181 * 60_000);
  });
});

describe('reservations', () => {
  test('hide the slot until they are released', async () => {
    const { status, body } = await cal.reserve(at('10:00'));
    expect(status).toBe(201);
    expect(body.data).toMatchObject({
      eventTypeId: 10,
      slotStart: at('10:00'),
      slotEnd: at('10:30'),
      slotDuration: 30,
      reservationDuration: 5,
    });
    expect(await cal.starts(`eventTypeId=10&${monday}`)).not.toContain(at('10:00'));
    const path = `/slots/reservations/${body.data.reservationUid}`;
    expect((await cal.call('GET', path)).body.data.slotStart).toBe(at('10:00'));
    expect((await cal.call('DELETE', path)).body).toEqual({ status: 'success' });
    expect(await cal.starts(`eventTypeId=10&${monday}`)).toContain(at('10:00'));
    expect((await cal.call('GET', path)).body.data).toBeNull();
    expect((await cal.call('DELETE', path)).status).toBe(200);
    expect((await cal.host.ledger()).map(({ operation }) => operation)).toEqual([
      'slots.reserve',
      'slots.release',
      'slots.release',
    ]);
  });

  test('a reserved or booked slot is refused', async () => {
    await cal.reserve(at('10:00'));
    const again = await cal.reserve(at('10:15'));
    expect([again.status, again.body.error.message]).toEqual([
      422,
      'This time slot is already reserved by another user. Please choose a different time.',
    ]);
    await cal.book({ start: at('12:00') });
    const booked = await cal.reserve(at('12:00'));
    expect([booked.status, booked.body.error.message]).toEqual([
      422,
      "Can't reserve a slot if the event is already booked.",
    ]);
  });

  test('do not hold a booking back', async () => {
    await cal.reserve(at('10:00'));
    expect((await cal.book({ start: at('10:00') })).status).toBe(201);
  });

  test('move, and last as long as a key asks for', async () => {
    const { body } = await cal.reserve(at('10:00'), 10, { reservationDuration: 30 });
    const until = Date.parse(body.data.reservationUntil) - Date.now();
    expect(until).toBeGreaterThan(29 * 60_000);
    const moved = await cal.call('PATCH', `/slots/reservations/${body.data.reservationUid}`, {
      body: { eventTypeId: 10, slotStart: at('11:00') },
    });
    expect(moved.body.data).toMatchObject({
      reservationUid: body.data.reservationUid,
      slotStart: at('11:00'),
    });
    expect(await cal.starts(`eventTypeId=10&${monday}`)).toContain(at('10:00'));
  });

  test.each([
    ['an unknown event type', { eventTypeId: 99, slotStart: at('10:00') }, {}, 404],
    [
      'a length that cannot be chosen',
      { eventTypeId: 10, slotStart: at('10:00'), slotDuration: 30 },
      {},
      400,
    ],
    ['a broken time', { eventTypeId: 10, slotStart: 'soon' }, {}, 400],
    [
      'an own duration without a key',
      { eventTypeId: 10, slotStart: at('10:00'), reservationDuration: 9 },
      { key: null },
      401,
    ],
  ])('refuse %s', async (_name, body, options, status) => {
    expect((await cal.call('POST', '/slots/reservations', { body, ...options })).status).toBe(status);
    expect(await cal.host.ledger()).toEqual([]);
  });
});

test.each([
  [`eventTypeId=99&${monday}`, 404, 'Event Type with ID=99 not found'],
  [`eventTypeId=10&start=${DAY}&end=2040-01-01`, 400, 'Invalid time range'],
  [`eventTypeId=10&start=${DAY}`, 400, 'end property is wrong'],
  [`eventTypeId=10&${monday}&timeZone=Mars/Olympus`, 400, 'timeZone'],
  [`eventTypeId=10&${monday}&duration=45`, 400, 'not a variable length event type'],
  [`eventTypeId=11&${monday}&duration=45`, 400, '60, 90'],
])('GET /slots?%s is refused', async (query, status, message) => {
  const { status: given, body } = await cal.call('GET', `/slots?${query}`);
  expect(given).toBe(status);
  expect(body.error.message).toContain(message);
});
