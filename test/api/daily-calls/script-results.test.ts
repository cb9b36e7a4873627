import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addCompany, startTestApi, type TestApi, type TestCompany } from '../support.ts';
import { addCallUser, addDay, addScript } from './made-calls.ts';

let api: TestApi;
let company: TestCompany;
beforeAll(async () => {
  api = await startTestApi();
  company = await addCompany(api.db, 'care-line');
});
afterAll(() => api.close());

const results = async (id: string, key = company.key) => api.get(`/api/agent-scripts/${id}/results`, key);
const dateOf = (day: number) => new Date(Date.UTC(2026, 2, 1 + day)).toISOString().slice(0, 10);

/** A user who hears a variant and answers the first call on some days; on the others nobody answers. */
async function addHearer(scriptId: string, variantId: string, answers: boolean[]): Promise<string> {
  const userId = await addCallUser(api, company);
  await api.db
    .insertInto('script_assignments')
    .values({ user_id: userId, script_id: scriptId, variant_id: variantId })
    .execute();
  for (const [day, reached] of answers.entries()) {
    await addDay(
      api,
      company,
      { userId, date: dateOf(day), outcome: reached ? 'completed' : 'not-reached' },
      [
        {
          status: reached ? 'completed' : 'no-answer',
          dialled_at: `${dateOf(day)}T17:00:00Z`,
          duration_ms: reached ? 40_000 : null,
          variant_id: variantId,
        },
      ],
    );
  }
  return userId;
}

describe('the results of a variant', () => {
  it('count what is known, first calls apart from retries', async () => {
    const { id, variants } = await addScript(api, company, 'counted', { a: 3, b: 1 });
    const variant_id = variants.a!;
    const made = (
      status: 'completed' | 'no-answer' | 'unreported' | 'dialled',
      hour: number,
      duration_ms = null as number | null,
    ) => ({
      status,
      dialled_at: `2026-03-02T${hour}:00:00Z`,
      duration_ms,
      variant_id,
    });
    const one = await addHearer(id, variant_id, []);
    await addDay(api, company, { userId: one, date: '2026-03-02', outcome: 'completed' }, [
      made('no-answer', 10),
      made('completed', 11, 60_000),
    ]);
    const two = await addHearer(id, variant_id, []);
    await addDay(api, company, { userId: two, date: '2026-03-02', outcome: 'completed' }, [
      { status: 'withdrawn', dialled_at: null, duration_ms: null, variant_id },
      made('completed', 11, 20_000),
    ]);
    await addDay(api, company, { userId: two, date: '2026-03-03', outcome: 'unreported' }, [
      made('unreported', 12),
    ]);
    await addDay(api, company, { userId: two, date: '2026-03-04', outcome: null }, [made('dialled', 13)]);
    await addHearer(id, variant_id, []);

    const answer = await results(id);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      script: { id, company: 'care-line', slug: 'counted' },
      verdict: 'not-enough-data',
      pValue: null,
      needed: { firstAttempts: 100, users: 30 },
    });
    const [a, b] = answer.body.variants;
    expect(a).toMatchObject({
      name: 'a',
      weight: 3,
      compared: true,
      usersAssigned: 3,
      attempts: 5,
      meanDurationMs: 40_000,
      firstAttempts: { users: 2, calls: 2, reached: 1, rate: 0.5 },
      allAttempts: { users: 2, calls: 3, reached: 2, rate: expect.closeTo(2 / 3) },
    });
    // Two persons, one of them reached: Wilson for 1 of 2.
    expect(a.firstAttempts.interval).toEqual({
      low: expect.closeTo(0.0945, 4),
      high: expect.closeTo(0.9055, 4),
    });
    expect(b).toMatchObject({
      name: 'b',
      usersAssigned: 0,
      attempts: 0,
      meanDurationMs: null,
      firstAttempts: { users: 0, calls: 0, reached: 0, rate: null, interval: null },
    });
  });

  it('weigh the calls of one person as what they are: alike', async () => {
    const { id, variants } = await addScript(api, company, 'alike', { a: 1 });
    for (let user = 0; user < 10; user++) await addHearer(id, variants.a!, Array(5).fill(user < 5));
    const [{ firstAttempts }] = (await results(id)).body.variants;
    expect(firstAttempts).toMatchObject({ users: 10, calls: 50, reached: 25, rate: 0.5 });
    // 50 × 9 / 49 calls' worth; 50 independent calls would give 0.366 to 0.634.
    expect(firstAttempts.interval.low).toBeCloseTo(0.2286, 2);
    expect(firstAttempts.interval.high).toBeCloseTo(0.7714, 2);
  });
});

describe('the verdict', () => {
  /** Two days each: `reached` users take both calls, the others none. */
  const fill = async (scriptId: string, variantId: string, users: number, reached: number) => {
    for (let user = 0; user < users; user++)
      await addHearer(scriptId, variantId, Array(2).fill(user < reached));
  };

  it('comes once every variant has its calls, and leaves out one that was taken back early', async () => {
    const { id, variants } = await addScript(api, company, 'judged', { a: 1, b: 1, old: 0 });
    await fill(id, variants.a!, 50, 40);
    await fill(id, variants.b!, 49, 15);
    await fill(id, variants.old!, 1, 1);
    expect((await results(id)).body).toMatchObject({ verdict: 'not-enough-data' });
    await fill(id, variants.b!, 1, 0);
    const { verdict, pValue, variants: shown } = (await results(id)).body;
    expect(verdict).toBe('difference');
    expect(pValue).toBeLessThan(0.001);
    expect(shown).toMatchObject([
      { name: 'a', compared: true, firstAttempts: { calls: 100, reached: 80 } },
      { name: 'b', compared: true, firstAttempts: { calls: 100, reached: 30 } },
      { name: 'old', compared: false },
    ]);
  });

  it('is no difference where none shows', async () => {
    const { id, variants } = await addScript(api, company, 'same', { a: 1, b: 1 });
    await fill(id, variants.a!, 50, 26);
    await fill(id, variants.b!, 50, 24);
    expect((await results(id)).body).toMatchObject({
      verdict: 'no-difference',
      pValue: expect.closeTo(0.69, 1),
    });
  });
});

describe('the scope', () => {
  it('is the company of the script', async () => {
    const { id } = await addScript(api, company, 'ours', { a: 1 });
    const other = await addCompany(api.db, 'other-line');
    expect((await results(id, other.key)).status).toBe(404);
    expect((await results(id, api.operatorKey)).status).toBe(200);
    expect((await results('0b0f3c6e-0000-4000-8000-000000000000')).status).toBe(404);
    expect((await results('nonsense')).status).toBe(400);
  });
});
