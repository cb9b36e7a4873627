import { createCalcomEmulator } from '../../../integrations/calcom/emulator.ts';
import { startTestHost, type TestHost } from '../../emulators/fixture.ts';

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'];
const nineToFive = {
  timeZone: 'Europe/Berlin',
  availability: [{ days: weekdays, startTime: '09:00', endTime: '17:00' }],
};

const user = (id: number, name: string, organizationId: number | null = 1) => ({
  id,
  name,
  email: `${name.toLowerCase()}@salon.example`,
  username: name.toLowerCase(),
  timeZone: 'Europe/Berlin',
  organizationId,
  schedule: nineToFive,
});

/** Ada and Ben work in one salon (event types 10, 11, 20, 21); Cleo has a business of her own (30). */
export const seed = {
  users: [user(1, 'Ada'), user(2, 'Ben'), user(3, 'Cleo', null)],
  eventTypes: [
    { id: 10, slug: 'haircut', title: 'Haircut', lengthInMinutes: 30, ownerId: 1 },
    {
      id: 11,
      slug: 'colour',
      title: 'Colour',
      lengthInMinutes: 60,
      lengthInMinutesOptions: [60, 90],
      ownerId: 1,
      beforeEventBuffer: 10,
      afterEventBuffer: 15,
      minimumBookingNotice: 60 * 24,
    },
    { id: 20, slug: 'any', title: 'Anyone', lengthInMinutes: 60, hosts: [1, 2], teamSlug: 'salon' },
    {
      id: 21,
      slug: 'both',
      title: 'Both',
      lengthInMinutes: 60,
      hosts: [1, 2],
      teamSlug: 'salon',
      schedulingType: 'collective',
      requiredBookingFields: ['attendeePhoneNumber', 'style'],
    },
    { id: 30, slug: 'advice', title: 'Advice', lengthInMinutes: 30, ownerId: 3 },
  ],
  teams: [
    {
      ...{ id: 7, slug: 'salon', name: 'Salon' },
      members: [
        { userId: 1, role: 'OWNER' },
        { userId: 2, role: 'MEMBER' },
      ],
    },
  ],
  apiKeys: [
    { key: 'cal_live_ben', userId: 2, organizationId: 1 },
    { key: 'cal_live_salon', userId: 1, organizationId: 1 },
    { key: 'cal_live_cleo', userId: 3 },
  ],
};

export const versions = { bookings: '2026-02-25', slots: '2024-09-04', eventTypes: '2024-06-14' };

/** A Monday far enough ahead to be no past and no notice problem; winter time in Berlin (+01:00). */
export const DAY = '2040-01-09';
export const at = (time: string, day = DAY) => `${day}T${time}:00.000Z`;

export interface CalAnswer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes
  body: any;
}

export interface CalTest {
  host: TestHost;
  call(
    method: string,
    path: string,
    options?: { body?: unknown; version?: string | null; key?: string | null },
  ): Promise<CalAnswer>;
  slots(query: string): Promise<Record<string, { start: string; end?: string }[]>>;
  starts(query: string): Promise<string[]>;
  book(more?: Record<string, unknown>): Promise<CalAnswer>;
  reserve(slotStart: string, eventTypeId?: number, more?: object): Promise<CalAnswer>;
}

const versionOf = (path: string) =>
  path.startsWith('/slots')
    ? versions.slots
    : path.startsWith('/bookings')
      ? versions.bookings
      : versions.eventTypes;

/** A seeded emulator and a thin client of it. */
export async function startCalcom(): Promise<CalTest> {
  const host = await startTestHost(createCalcomEmulator());
  await host.seed({ calcom: seed });
  const test: CalTest = {
    host,
    async call(method, path, { body, version = versionOf(path), key = 'cal_live_salon' } = {}) {
      const response = await fetch(`${host.url}/calcom/v2${path}`, {
        method,
        headers: {
          'content-type': 'application/json',
          ...(version !== null && { 'cal-api-version': version }),
          ...(key !== null && { authorization: `Bearer ${key}` }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return { status: response.status, headers: response.headers, body: await response.json() };
    },
    async slots(query) {
      const { status, body } = await test.call('GET', `/slots?${query}`);
      if (status !== 200) throw new Error(JSON.stringify(body));
      return body.data;
    },
    starts: async (query) =>
      Object.values(await test.slots(query))
        .flat()
        .map(({ start }) => start),
    book: ({ eventTypeId = 10, start = at('09:00'), ...more } = {}) =>
      test.call('POST', '/bookings', {
        body: {
          eventTypeId,
          start,
          attendee: { name: 'Dora', email: 'dora@example.com', timeZone: 'Europe/Berlin' },
          ...more,
        },
      }),
    reserve: (slotStart, eventTypeId = 10, more = {}) =>
      test.call('POST', '/slots/reservations', { body: { eventTypeId, slotStart, ...more } }),
  };
  return test;
}
