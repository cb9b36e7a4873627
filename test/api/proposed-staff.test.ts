import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { proposeStaff } from '../../db/phone-desk/event-type-sync/event-type-sync.ts';
import { setWorkingHours } from '../../db/phone-desk/working-hours.ts';
import { openingHours } from '../../shared/phone-desk/opening-hours.ts';
import { addCompany, startTestApi, type TestApi, type TestCompany } from './support.ts';

let api: TestApi;
let company: TestCompany;
let companies = 0;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  companies += 1;
  company = await addCompany(api.db, `salon-${companies}`);
});

const hour = (weekday: number, from: number, to: number) => ({
  weekday,
  startMinute: from * 60,
  endMinute: to * 60,
});

/** Somebody of the staff with these hours. */
async function works(
  hours: ReturnType<typeof hour>[],
  values: { time_zone?: string; active?: boolean } = {},
) {
  const { id } = await api.db
    .insertInto('staff')
    .values({
      company_id: company.id,
      name: 'Mara',
      email: `${randomUUID()}@salon.example`,
      time_zone: 'Europe/Berlin',
      ...values,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await setWorkingHours(api.db, id, hours);
}

const proposed = () =>
  proposeStaff(api.db, company.id, { email: `${randomUUID()}@salon.example`, name: 'Tess' });
const accept = (id: string, body?: object) =>
  api.post(`/api/companies/${company.slug}/proposed-staff/${id}/accept`, body, company.key);
const hoursOf = (staffId: string) =>
  api.db
    .selectFrom('working_hours')
    .where('staff_id', '=', staffId)
    .select(['weekday', 'start_minute as startMinute', 'end_minute as endMinute'])
    .orderBy('weekday')
    .orderBy('start_minute')
    .execute();
const isActive = async (staffId: string) =>
  (await api.db.selectFrom('staff').where('id', '=', staffId).select('active').executeTakeFirstOrThrow())
    .active;

describe('accepting a host of the calendar', () => {
  it('gives them the hours that are said', async () => {
    await works([hour(1, 8, 20)]);
    const id = await proposed();
    const hours = [{ weekdays: [2, 4], from: '10:00', to: '18:00' }];
    const { status, body } = await accept(id, { hours });
    expect([status, body]).toEqual([
      200,
      {
        ...{ id, company: company.slug, active: true },
        ...{ timeZone: 'Europe/Berlin', hours, hoursFrom: 'request' },
      },
    ]);
    expect(await hoursOf(id)).toEqual([hour(2, 10, 18), hour(4, 10, 18)]);
  });

  it('gives them the hours of the company, and says so, when none are said', async () => {
    await works([hour(1, 9, 12), hour(1, 14, 18), hour(2, 9, 17)]);
    await works([hour(1, 12, 13), hour(2, 16, 20)]);
    await works([hour(3, 0, 24)], { time_zone: 'Asia/Tokyo' });
    await works([hour(4, 0, 24)], { active: false });
    const id = await proposed();
    const { status, body } = await accept(id);
    expect([status, body.hoursFrom]).toEqual([200, 'company']);
    expect(body.hours).toEqual([
      { weekdays: [1], from: '09:00', to: '13:00' },
      { weekdays: [1], from: '14:00', to: '18:00' },
      { weekdays: [2], from: '09:00', to: '20:00' },
    ]);
    expect(await hoursOf(id)).toEqual([hour(1, 9, 13), hour(1, 14, 18), hour(2, 9, 20)]);
    expect(await isActive(id)).toBe(true);
  });

  it('asks for the hours where the company has none to take over, and changes nothing', async () => {
    const id = await proposed();
    const { status, body } = await accept(id);
    const message = 'must be given: nobody else of the company has working hours to take over';
    expect([status, body.errors]).toEqual([400, [{ path: 'hours', message }]]);
    expect([await isActive(id), await hoursOf(id)]).toEqual([false, []]);
  });

  it.each([
    [
      [{ weekdays: [1], from: '18:00', to: '09:00' }],
      { path: 'hours.0.to', message: 'must be after `from`' },
    ],
    [
      [
        { weekdays: [1, 2], from: '09:00', to: '12:00' },
        { weekdays: [2], from: '11:00', to: '15:00' },
      ],
      { path: 'hours.1', message: 'overlaps hours.0 on Tuesday' },
    ],
    [
      [{ weekdays: [1], from: '9', to: '12:00' }],
      { path: 'hours.0.from', message: 'must be a time as HH:MM, at most 24:00' },
    ],
  ])('refuses hours that cannot be', async (hours, problem) => {
    const id = await proposed();
    const { status, body } = await accept(id, { hours });
    expect([status, body.errors]).toEqual([400, [problem]]);
    expect(await isActive(id)).toBe(false);
  });

  it('finds no proposal twice, nor that of another company', async () => {
    await works([hour(1, 9, 17)]);
    const id = await proposed();
    expect((await accept(id)).status).toBe(200);
    expect((await accept(id)).status).toBe(404);
    const theirs = await proposed();
    company = await addCompany(api.db, `other-${companies}`);
    expect((await accept(theirs)).status).toBe(404);
  });
});

describe('opening hours', () => {
  it('leave the hours of each alone', () => {
    const hours = [hour(1, 9, 12), hour(1, 10, 18)];
    expect(openingHours(hours)).toEqual([hour(1, 9, 18)]);
    expect(hours).toEqual([hour(1, 9, 12), hour(1, 10, 18)]);
    expect(openingHours([])).toEqual([]);
  });
});
