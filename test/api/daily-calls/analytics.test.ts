import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addCompany, startTestApi, type TestApi, type TestCompany } from '../support.ts';
import { addCallUser, addDay, addScript } from './made-calls.ts';

let api: TestApi;
let company: TestCompany;
let variant: string;
const range = 'from=2026-03-02&to=2026-03-08';
const analytics = async (query: string, key = company.key) =>
  (await api.get(`/api/call-analytics?${query}`, key)).body;
/** The groups of an answer as key → measures. */
const groups = async (query: string) => {
  const { groups: found } = await analytics(query);
  return Object.fromEntries(
    found.map(({ key, ...measures }: { key: string | null }) => [String(key), measures]),
  );
};

/**
 * Ten calls: eight in Berlin and New York with the variant, two in Kiritimati (UTC+14) without. Clocks in New York
 * go forward on 8 March.
 */
beforeAll(async () => {
  api = await startTestApi();
  company = await addCompany(api.db, 'care-line');
  const script = await addScript(api, company, 'checkin', { warm: 1 });
  variant = script.variants.warm!;
  const berlin = await addCallUser(api, company);
  const newYork = await addCallUser(api, company, 'America/New_York');
  const kiritimati = await addCallUser(api, company, 'Pacific/Kiritimati');
  const at = (dialled_at: string) => ({ dialled_at, duration_ms: null, variant_id: variant });
  await addDay(api, company, { userId: berlin, date: '2026-03-02', outcome: 'completed' }, [
    { ...at('2026-03-02T17:00:00Z'), status: 'no-answer' },
    { ...at('2026-03-02T17:30:00Z'), status: 'completed', duration_ms: 60_000 },
  ]);
  await addDay(api, company, { userId: berlin, date: '2026-03-03', outcome: 'completed' }, [
    { status: 'withdrawn', dialled_at: null, duration_ms: null },
    { ...at('2026-03-03T17:00:00Z'), status: 'completed', duration_ms: 30_000 },
  ]);
  await addDay(api, company, { userId: berlin, date: '2026-03-04', outcome: 'not-reached' }, [
    { ...at('2026-03-04T17:00:00Z'), status: 'busy' },
    { ...at('2026-03-04T17:30:00Z'), status: 'no-answer' },
    { ...at('2026-03-04T18:00:00Z'), status: 'no-answer' },
    { status: 'withdrawn', dialled_at: null, duration_ms: null },
  ]);
  const inNewYork = { userId: newYork, zone: 'America/New_York' };
  await addDay(api, company, { ...inNewYork, date: '2026-03-07', outcome: 'completed' }, [
    { ...at('2026-03-07T13:30:00Z'), status: 'completed', duration_ms: 90_000 },
  ]);
  await addDay(api, company, { ...inNewYork, date: '2026-03-08', outcome: 'unreported' }, [
    { ...at('2026-03-08T12:30:00Z'), status: 'unreported' },
  ]);
  const inKiritimati = { userId: kiritimati, zone: 'Pacific/Kiritimati' };
  await addDay(api, company, { ...inKiritimati, date: '2026-03-02', outcome: 'completed' }, [
    { status: 'completed', dialled_at: '2026-03-01T18:00:00Z', duration_ms: 120_000, provider: 'retell' },
  ]);
  await addDay(api, company, { ...inKiritimati, date: '2026-03-03', outcome: null }, [
    { status: 'in-progress', dialled_at: '2026-03-02T18:00:00Z', duration_ms: null, provider: 'retell' },
  ]);
});
afterAll(() => api.close());

describe('the total', () => {
  const total = {
    attempts: 10,
    judged: 8,
    reached: 4,
    reachRate: 0.5,
    meanDurationMs: 75_000,
    medianDurationMs: 75_000,
    retries: 3,
    retriesThatHelped: 1,
    neverReachedDays: 1,
  };

  it.each(['day', 'hour', 'zone', 'variant', 'outcome', 'provider'])(
    'is the same by %s, and the sum of the groups',
    async (by) => {
      const answer = await analytics(`${range}&by=${by}`);
      expect(answer).toMatchObject({ by, from: '2026-03-02', to: '2026-03-08', total });
      for (const measure of [
        'attempts',
        'judged',
        'reached',
        'retries',
        'retriesThatHelped',
        'neverReachedDays',
      ]) {
        const sum = answer.groups.reduce(
          (all: number, group: Record<string, number>) => all + group[measure]!,
          0,
        );
        expect([measure, sum]).toEqual([measure, total[measure as keyof typeof total]]);
      }
    },
  );

  it('of a time without calls is nothing', async () => {
    expect(await analytics('from=2025-01-01&to=2025-01-31')).toMatchObject({
      by: 'day',
      groups: [],
      total: { attempts: 0, reached: 0, reachRate: null, meanDurationMs: null, medianDurationMs: null },
    });
  });
});

describe('the groups', () => {
  it("by day are the users' own days", async () => {
    const days = await groups(range);
    expect(Object.keys(days)).toEqual(['2026-03-02', '2026-03-03', '2026-03-04', '2026-03-07', '2026-03-08']);
    expect(days['2026-03-02']).toEqual({
      label: null,
      attempts: 3,
      judged: 3,
      reached: 2,
      reachRate: expect.closeTo(2 / 3),
      meanDurationMs: 90_000,
      medianDurationMs: 90_000,
      retries: 1,
      retriesThatHelped: 1,
      neverReachedDays: 0,
    });
    expect(days['2026-03-03']).toMatchObject({
      attempts: 2,
      judged: 1,
      reached: 1,
      reachRate: 1,
      retries: 0,
    });
    expect(days['2026-03-04']).toMatchObject({ attempts: 3, reachRate: 0, retries: 2, neverReachedDays: 1 });
    expect(days['2026-03-08']).toMatchObject({ attempts: 1, judged: 0, reachRate: null });
    expect(await analytics('from=2026-03-02&to=2026-03-02')).toMatchObject({ total: { attempts: 3 } });
  });

  it("by hour are of the users' own clocks, before and after a change", async () => {
    expect(await groups(`${range}&by=hour`)).toMatchObject({
      '08': { attempts: 4, judged: 2, reached: 2, medianDurationMs: 105_000, retries: 0 },
      '18': {
        attempts: 5,
        reached: 2,
        reachRate: 0.4,
        meanDurationMs: 45_000,
        retries: 2,
        retriesThatHelped: 1,
      },
      '19': { attempts: 1, reached: 0, retries: 1, retriesThatHelped: 0, neverReachedDays: 1 },
    });
  });

  it('by zone, outcome and provider', async () => {
    expect(await groups(`${range}&by=zone`)).toMatchObject({
      'America/New_York': { attempts: 2 },
      'Europe/Berlin': { attempts: 6 },
      'Pacific/Kiritimati': { attempts: 2 },
    });
    expect(await groups(`${range}&by=outcome`)).toMatchObject({
      busy: { attempts: 1 },
      completed: { attempts: 4, reachRate: 1 },
      'in-progress': { attempts: 1, reachRate: null },
      'no-answer': { attempts: 3, reachRate: 0 },
      unreported: { attempts: 1, reachRate: null },
    });
    expect(await groups(`${range}&by=provider`)).toMatchObject({
      callkaro: { attempts: 8 },
      retell: { attempts: 2 },
    });
  });

  it('by variant carry its name; calls without one stand last', async () => {
    const answer = await analytics(`${range}&by=variant`);
    expect(answer.groups).toMatchObject([
      { key: variant, label: 'checkin/warm', attempts: 8, reached: 3 },
      { key: null, label: null, attempts: 2, reached: 1 },
    ]);
  });
});

describe('the scope', () => {
  it('of a key is its company', async () => {
    const other = await addCompany(api.db, 'other-line');
    const user = await addCallUser(api, other);
    await addDay(api, other, { userId: user, date: '2026-03-02', outcome: 'completed' }, [
      { status: 'completed', dialled_at: '2026-03-02T17:00:00Z', duration_ms: 1_000 },
    ]);
    expect(await analytics(range, other.key)).toMatchObject({ total: { attempts: 1 } });
    expect(await analytics(`${range}&by=hour`, other.key)).toMatchObject({
      groups: [{ key: '18', attempts: 1 }],
    });
    expect(await analytics(range)).toMatchObject({ total: { attempts: 10 } });
    expect(await analytics(range, api.operatorKey)).toMatchObject({ total: { attempts: 11 } });
    expect(await analytics(`${range}&company=other-line`, api.operatorKey)).toMatchObject({
      total: { attempts: 1 },
    });
    expect((await api.get(`/api/call-analytics?${range}&company=other-line`, company.key)).status).toBe(403);
  });

  it.each([
    ['from=2026-03-02', 'to'],
    ['from=2026-03-02&to=2026-03-01', 'to'],
    ['from=2025-03-02&to=2026-03-03', 'to'],
    ['from=2026-02-30&to=2026-03-01', 'from'],
    [`${range}&by=weekday`, 'by'],
  ])('is refused: %s', async (query, path) => {
    const answer = await api.get(`/api/call-analytics?${query}`, company.key);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toContainEqual(expect.objectContaining({ path }));
  });

  it('takes a leap year in one piece', async () => {
    expect(
      (await api.get('/api/call-analytics?from=2024-01-01&to=2024-12-31&by=hour', company.key)).status,
    ).toBe(200);
  });
});
