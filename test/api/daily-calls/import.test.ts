import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addCompany, startTestApi, type TestApi, type TestCompany } from '../support.ts';
import { newNumber, offeredNews, openDay, send, TODAY } from './support.ts';

let api: TestApi;
let linde: TestCompany;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  linde = await addCompany(api.db, `linde-${Math.random().toString(36).slice(2)}`);
  api.offered.length = 0;
});

async function upload(csv: string | Buffer, query = '', type = 'text/csv', key = linde.key) {
  const response = await fetch(`${api.url}/api/call-users/import${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': type },
    body: csv as string,
  });
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came.
  return { status: response.status, body: (await response.json()) as any };
}
const users = () =>
  api.db
    .selectFrom('call_users')
    .where('company_id', '=', linde.id)
    .selectAll()
    .orderBy('external_id')
    .execute();
const counts = ({ imported, updated, unchanged, rejected }: Record<string, unknown[] | number>) => [
  ...[imported, updated, unchanged],
  (rejected as unknown[]).length,
];

const header = 'external_id,name,phone,time_zone,call_time,consent';

describe('a file', () => {
  it('makes users; the same file again changes nothing', async () => {
    const file = `${header}\na,"Muster, Erika",0151 12345678,Europe/Berlin,18:00,yes\nb,Max,${newNumber()},Asia/Tokyo,20:00,true\n`;
    expect(counts((await upload(file)).body)).toEqual([2, 0, 0, 0]);
    const made = await users();
    expect(made.map((user) => user.next_call_at?.toISOString())).toEqual([
      '2026-03-02T17:00:00.000Z',
      '2026-03-02T11:00:00.000Z',
    ]);
    const { id } = made[0]!;
    expect((await api.get(`/api/call-users/${id}`, linde.key)).body).toMatchObject({
      name: 'Muster, Erika',
      phone: '+4915112345678',
      stopped: null,
    });
    expect(counts((await upload(file)).body)).toEqual([0, 0, 2, 0]);
    expect(await users()).toEqual(made);
  });

  it('changes known users, plans them anew and tells their open days', async () => {
    await upload(
      `${header}\na,A,${newNumber()},Europe/Berlin,18:00,1\nb,B,${newNumber()},Europe/Berlin,18:00,1\n`,
    );
    const [a, b] = await users();
    await openDay(api, linde, a!.id);
    const answer = await upload('externalId;callTime;name\na;12:00;\nb;;null\n');
    expect(counts(answer.body)).toEqual([0, 2, 0, 0]);
    expect((await users()).map((user) => user.next_call_at?.toISOString())).toEqual([
      '2026-03-02T11:00:00.000Z',
      '2026-03-02T17:00:00.000Z',
    ]);
    expect(offeredNews(api)).toEqual([`daily-call.changed daily-call/${a!.id}/${TODAY}`]);
    expect((await api.get(`/api/call-users/${a!.id}`, linde.key)).body.name).toBe('A');
    expect((await api.get(`/api/call-users/${b!.id}`, linde.key)).body.name).toBeNull();
  });

  it('gives back every row that cannot be taken, with line and field; the others are taken', async () => {
    const good = newNumber();
    const { status, body } = await upload(
      [
        `${header},weekdays,retry_delays`,
        `a,"two\nlines",${good},Europe/Berlin,18:00,1,1 2 3,no-answer=20 busy=null`,
        `b,B,12345,Mars/Olympus,25:00,1,9,`,
        `,C,${newNumber()},Europe/Berlin,18:00,1,,`,
        `a,D,${newNumber()},Europe/Berlin,18:00,1,,`,
        `e,E,${newNumber()},Europe/Berlin`,
        `f,F,${newNumber()},Europe/Berlin,18:00,maybe,,`,
        `g,G,,,18:00,1,,`,
        '',
      ].join('\r\n'),
    );
    expect(status).toBe(200);
    expect([body.rows, ...counts(body)]).toEqual([7, 1, 0, 0, 6]);
    const told = body.rejected.map((each: { line: number; errors: { path: string }[] }) => [
      each.line,
      ...each.errors.map(({ path }) => path).sort(),
    ]);
    expect(told).toEqual([
      [4, 'callTime', 'phone', 'timeZone', 'weekdays'],
      [5, 'externalId'],
      [6, 'externalId'],
      [7, ''],
      [8, 'consent'],
      [9, 'phone', 'timeZone'],
    ]);
    expect(body.rejected[0].row).toMatchObject({ externalId: 'b', phone: '12345', timeZone: 'Mars/Olympus' });
    expect(body.rejected[2].errors[0].message).toContain('line 2');
    expect(await users()).toMatchObject([
      { external_id: 'a', weekdays: [1, 2, 3], retry_delays: { 'no-answer': 20, busy: null } },
    ]);
  });

  it('is only checked in a dry run', async () => {
    await upload(`${header}\na,A,${newNumber()},Europe/Berlin,18:00,1\n`);
    const before = await users();
    const file = `${header}\na,New,,,19:00,\nb,B,${newNumber()},Europe/Berlin,18:00,1\nc,C,1,Europe/Berlin,18:00,1\n`;
    const { body } = await upload(file, '?dryRun=true');
    expect([body.dryRun, ...counts(body)]).toEqual([true, 1, 1, 0, 1]);
    expect(await users()).toEqual(before);
  });

  it('brings deleted users back with new values', async () => {
    const file = `${header}\na,A,${newNumber()},Europe/Berlin,18:00,1\n`;
    await upload(file);
    const [user] = await users();
    await send(api, 'DELETE', `/api/call-users/${user!.id}`, linde.key);
    expect(counts((await upload(file)).body)).toEqual([1, 0, 0, 0]);
    expect(await users()).toMatchObject([{ id: user!.id, deleted_at: null, plan_problem: null }]);
  });

  it('sent twice at once makes each user once', async () => {
    const rows = Array.from({ length: 450 }, (_, each) => `u${each},N,${newNumber()},Europe/Berlin,18:00,1`);
    const file = `${header}\n${rows.join('\n')}\n`;
    const reversed = `${header}\n${[...rows].reverse().join('\n')}\n`;
    const answers = await Promise.all([upload(file), upload(reversed)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const total = (field: string) => answers.reduce((sum, { body }) => sum + body[field], 0);
    expect([total('imported'), total('unchanged'), total('updated')]).toEqual([450, 450, 0]);
    expect(await users()).toHaveLength(450);
    const people = await api.db
      .selectFrom('person_keys')
      .leftJoin('call_users', 'call_users.person_id', 'person_keys.id')
      .where('call_users.id', 'is', null)
      .select('person_keys.id')
      .execute();
    expect(people).toEqual([]);
  });
});

describe('a file that cannot be read', () => {
  it.each([
    ['without a header', '', 400, ''],
    ['with an unknown column', 'external_id,shoe_size\na,44\n', 400, 'shoe_size'],
    ['with a column twice', 'external_id,externalId\na,b\n', 400, 'externalId'],
    ['without the id column', 'phone\n1\n', 400, 'external_id'],
    ['with broken quotes', `${header}\na,"b"c,1,2,3,4\n`, 422, ''],
  ])('%s is refused as a whole', async (_name, file, status, path) => {
    const answer = await upload(file);
    expect([answer.status, answer.body.errors[0].path]).toEqual([status, path]);
    expect(await users()).toEqual([]);
  });

  it('is refused for its type or its size', async () => {
    expect((await upload('{}', '', 'application/json')).status).toBe(415);
    const large = await upload(`${header}\n${'x'.repeat(5 * 1024 * 1024)}`);
    expect([large.status, large.body.detail]).toEqual([413, 'The body is over 5120 kB.']);
    const long = await upload(`external_id\n${'a\n'.repeat(20_001)}`);
    expect([long.status, long.body.code]).toEqual([413, 'too-many-rows']);
  });

  it('needs the company of an operator', async () => {
    expect((await upload(header, '', 'text/csv', api.operatorKey)).status).toBe(400);
    const named = await upload(`${header}\n`, `?company=${linde.slug}`, 'text/csv', api.operatorKey);
    expect([named.status, named.body.rows]).toEqual([200, 0]);
  });
});
