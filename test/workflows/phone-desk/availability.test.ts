import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { keepDays, readCachedDays } from '../../../db/phone-desk/availability/availability-cache.ts';

import { claimCompaniesToWarm } from '../../../db/phone-desk/availability/precache.ts';

import { openPhoneDesk, type PhoneDesk } from '../../support/phone-desk.ts';
import { recordHistory } from '../../support/stories.ts';
import { connectTemporal } from '../../support/temporal.ts';
import { eventually } from '../../support/test-bed.ts';
import { berlin, newCaller, workingDay } from '../../support/wishes.ts';

interface Answer {
  items: { startsAt: string; local: string; staff: string[] }[];
  complete: boolean;
  calendarSaidAt: string | null;
}

const JONAS = 'jonas@salon-lindgruen.example';
const day = workingDay();

let env: TestWorkflowEnvironment;
let desk: PhoneDesk;
let now: Date | null = null;

beforeAll(async () => {
  env = await connectTemporal();
  desk = await openPhoneDesk(env, { overrides: { clock: () => now ?? new Date() } });
});
beforeEach(() => desk.deps.pool.query('DELETE FROM availability_cache; DELETE FROM availability_use'));
afterEach(async () => {
  now = null;
  await desk.clearFaults();
});
afterAll(async () => {
  await desk?.close();
  await env?.teardown();
});

const ask = async (more = '') =>
  (await desk.api(
    'GET',
    `/api/availability?company=salon-lindgruen&service=haircut&from=${day}&days=1${more}`,
  )) as unknown as Answer;
const use = async () => {
  const { hits, misses } = await desk.api('GET', '/api/availability/use?company=salon-lindgruen');
  return { hits, misses };
};
const offered = (answer: Answer, time: string) =>
  answer.items.find(({ local }) => local.startsWith(`${day}T${time}`))?.staff ?? [];

async function book(time: string) {
  const { appointmentId } = await desk.api('POST', '/api/bookings?company=salon-lindgruen', {
    service: 'haircut',
    staff: JONAS,
    date: day,
    time,
    customer: { phone: newCaller(), name: 'Lena Hoffmann' },
  });
  return eventually('the booking to end', async () => {
    const booking = await desk.api('GET', `/api/bookings/${appointmentId}`);
    return booking.status === 'accepted' ? undefined : booking;
  });
}

async function bookElsewhere(time: string): Promise<void> {
  const { calcom_event_type_id } = await desk.deps.db
    .selectFrom('event_types')
    .innerJoin('staff', 'staff.id', 'event_types.staff_id')
    .innerJoin('services', 'services.id', 'event_types.service_id')
    .where('staff.email', '=', JONAS)
    .where('services.slug', '=', 'haircut')
    .select('calcom_event_type_id')
    .executeTakeFirstOrThrow();
  const response = await fetch(`${desk.emulatorsUrl}/calcom/v2/bookings`, {
    method: 'POST',
    headers: {
      authorization: 'Bearer cal_live_lindgruen',
      'cal-api-version': '2026-02-25',
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      eventTypeId: calcom_event_type_id,
      start: berlin(day, time).toISOString(),
      attendee: { name: 'Else Where', email: 'else@example.com', timeZone: 'Europe/Berlin' },
    }),
  });
  expect(response.status).toBe(201);
}

const run = async (workflowType: 'availabilityPrecache' | 'cacheWarm', name: string) => {
  const workflowId = `${name}-${desk.taskQueue}`;
  const handle = await env.client.workflow.start(workflowType, { taskQueue: desk.taskQueue, workflowId });
  const result = await handle.result();
  return { workflowId, result };
};

describe('free times', () => {
  it('are asked of each calendar once, and known afterwards', async () => {
    const first = await ask();
    expect(first.complete).toBe(true);
    expect(first.items.length).toBeGreaterThan(10);
    expect(await use()).toEqual({ hits: 0, misses: 3 });
    expect((await ask()).items).toEqual(first.items);
    expect(await use()).toEqual({ hits: 3, misses: 3 });
  });

  it('of a staff member are dropped by any booking of theirs; those of others stay', async () => {
    expect(offered(await ask(), '11:00')).toContain(JONAS);
    expect(await book('11:00')).toMatchObject({ status: 'booked' });
    const before = await use();
    expect(offered(await ask(), '11:00')).not.toContain(JONAS);
    const after = await use();
    expect([Number(after.hits) - Number(before.hits), Number(after.misses) - Number(before.misses)]).toEqual([
      2, 1,
    ]);
  });

  it('that are stale never book: the calendar is asked again, and what it offers is new', async () => {
    expect(offered(await ask(), '13:00')).toContain(JONAS);
    await bookElsewhere('13:00');
    expect(offered(await ask(), '13:00')).toContain(JONAS);
    const booking = await book('13:00');
    expect(booking.status).toBe('slot-lost');
    const taken = berlin(day, '13:00').toISOString();
    expect(booking.alternatives).not.toContainEqual(expect.objectContaining({ startsAt: taken }));
    expect(offered(await ask(), '13:00')).not.toContain(JONAS);
  });

  it('are not kept when a booking came between the question and its answer', async () => {
    const { id: staffId } = await desk.deps.db
      .selectFrom('staff')
      .where('email', '=', JONAS)
      .select('id')
      .executeTakeFirstOrThrow();
    const offer = { staffId, eventTypeId: 1 };
    const { generation } = await readCachedDays(desk.deps.db, offer, [day]);
    await book('15:00');
    const answer = [{ day, starts: [berlin(day, '15:00')] }];
    await keepDays(desk.deps.db, offer, generation, answer, 60_000);
    expect((await readCachedDays(desk.deps.db, offer, [day])).cached).toEqual([]);
    const { generation: newer } = await readCachedDays(desk.deps.db, offer, [day]);
    await keepDays(desk.deps.db, offer, newer, answer, 60_000);
    expect((await readCachedDays(desk.deps.db, offer, [day])).cached).toMatchObject(answer);
  });

  it('say so when the calendar cannot be asked', async () => {
    await desk.fault({ vendor: 'calcom', operation: 'slots.list', mode: 'status', status: 503 });
    const answer = await ask();
    expect(answer.complete).toBe(false);
    expect(answer.items.length).toBeGreaterThan(10);
  });

  it('name every field that is wrong', async () => {
    const asked = desk.api(
      'GET',
      '/api/availability?company=salon-lindgruen&service=shave&staff=nobody@example.com&from=2020-01-01',
    );
    await expect(asked).rejects.toThrow(/no such service.*no such staff member.*is in the past/s);
  });
});

describe('looking ahead', () => {
  it('asks what will not hold; a refused key stops its own company only, and is an alert until it works', async () => {
    const { deps } = desk;
    const rows = await deps.db.selectFrom('companies').select(['id', 'slug', 'calcom_key_sealed']).execute();
    const dental = rows.find(({ slug }) => slug === 'northside-dental')!;
    const salon = rows.find(({ slug }) => slug === 'salon-lindgruen')!;
    await desk.fault({
      vendor: 'calcom',
      operation: 'slots.list',
      mode: 'status',
      status: 401,
      count: 1,
    });
    const first = await run('availabilityPrecache', 'precache-1');
    expect(first.result).toEqual({
      status: 'looked-ahead',
      companies: { asked: 1, known: 0, 'key-refused': 1, failed: 0 },
    });
    await recordHistory(desk, first.workflowId, 'availability-looked-ahead');
    const alerts = await desk.api('GET', '/api/alerts?standing=true');
    const refused = (alerts.items as { company: string; kind: string }[])[0]!;
    expect(refused.kind).toBe('vendor-key-refused');
    const other = refused.company === dental.slug ? salon : dental;
    const cached = await deps.db
      .selectFrom('availability_cache')
      .innerJoin('staff', 'staff.id', 'availability_cache.staff_id')
      .select('staff.company_id')
      .distinct()
      .execute();
    expect(cached).toEqual([{ company_id: other.id }]);

    const second = await run('availabilityPrecache', 'precache-2');
    expect(second.result).toMatchObject({ companies: { asked: 1, known: 1, 'key-refused': 0 } });
    expect((await desk.api('GET', '/api/alerts?standing=true')).items).toEqual([]);
  });

  it('is renewed once a day, at three where the company is', async () => {
    const warmed = async (name: string, at: Date) => {
      now = at;
      return (await run('cacheWarm', `warm-${name}`)).result.companies;
    };
    await desk.deps.pool.query('DELETE FROM cache_warmings');
    const none = { asked: 0, known: 0, 'key-refused': 0, failed: 0 };
    const one = { ...none, asked: 1 };
    // In Chicago it is still the evening before, whose three o'clock has come; in Berlin it is a minute too early.
    expect(await warmed('too-early', berlin(day, '02:59'))).toEqual(one);
    expect(await warmed('berlin', berlin(day, '03:00'))).toEqual(one);
    expect(await warmed('later', berlin(day, '03:15'))).toEqual(none);
    expect(await warmed('chicago', berlin(day, '12:00'))).toEqual(one);
    await recordHistory(desk, `warm-berlin-${desk.taskQueue}`, 'cache-warmed');
  });

  it.each([
    // 03:00 does not exist: the clock goes from 02:59 to 04:00.
    ['spring', '2027-03-28T00:59:00Z', '2027-03-28T01:00:00Z', '2027-03-28T01:15:00Z'],
    // 03:00 comes twice: the clock goes from 03:59 back to 03:00.
    ['autumn', '2027-10-30T23:59:00Z', '2027-10-31T00:00:00Z', '2027-10-31T01:00:00Z'],
  ])(
    'comes once in the night of %s in which three o’clock is missing or comes twice',
    async (_night, ...at) => {
      const { db, pool } = desk.deps;
      await pool.query('DELETE FROM cache_warmings');
      await pool.query("UPDATE companies SET time_zone = 'Europe/Athens'");
      const claimed: number[] = [];
      // The day before is warmed already.
      for (const moment of [new Date(Date.parse(at[0]!) - 3_600_000), ...at.map((text) => new Date(text))]) {
        claimed.push((await claimCompaniesToWarm(db, moment, 3, 10)).length);
      }
      expect(claimed.slice(1)).toEqual([0, 2, 0]);
    },
  );
});
