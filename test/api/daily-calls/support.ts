import type { TestApi, TestCompany } from '../support.ts';

/** NOW of the test API is Monday 10:00 in Berlin. */
export const TODAY = '2026-03-02';

/** A request of any method with a JSON body. */
export async function send(
  api: TestApi,
  method: string,
  path: string,
  key: string,
  body?: unknown,
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came.
): Promise<{ status: number; headers: Headers; body: any }> {
  const response = await fetch(api.url + path, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

let numbers = 0;

/** A dialable German mobile number that no other user has. */
export function newNumber(): string {
  numbers += 1;
  return `+4915112${String(300_000 + numbers)}`;
}

/** A user in Berlin, made through the API, with consent and a call at 18:00. */
export async function addUser(api: TestApi, { key }: TestCompany, fields: object = {}) {
  const body = { phone: newNumber(), timeZone: 'Europe/Berlin', callTime: '18:00', consent: true, ...fields };
  const answer = await send(api, 'POST', '/api/call-users', key, body);
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return answer.body as { id: string; phone: string; nextCallAt: string };
}

/** An open day of a user, as a sweep opens it; with `attempt`, one that is under way. */
export async function openDay(
  { db }: TestApi,
  company: TestCompany,
  userId: string,
  { localDate = TODAY, dueAt = '2026-03-02T09:00:00Z', attempt = false } = {},
): Promise<string | null> {
  const day = { user_id: userId, company_id: company.id, local_date: localDate };
  await db
    .insertInto('daily_calls')
    .values({ ...day, local_tz: 'Europe/Berlin', due_at: dueAt, outcome: null, reason: null })
    .execute();
  if (!attempt) return null;
  const { id } = await db
    .insertInto('call_attempts')
    .values({
      ...day,
      number: 1,
      provider: 'callkaro',
      planned_for: dueAt,
      status: 'dialled',
      dialled_at: dueAt,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export async function endDay({ db }: TestApi, userId: string, outcome: 'completed' | 'not-reached') {
  await db
    .updateTable('daily_calls')
    .set({ status: 'ended', outcome, ended_at: new Date() })
    .where('user_id', '=', userId)
    .execute();
}

/** What was offered for hand-over, as `type entity`. */
export const offeredNews = (api: TestApi) =>
  api.offered.map(({ eventType, entity }) => `${eventType} ${entity}`).sort();
