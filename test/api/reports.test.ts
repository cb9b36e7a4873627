import { afterAll, beforeAll, expect, it } from 'vitest';
import { keepReport } from '../../db/phone-desk/monthly-report/reports.ts';
import { addCompany, startTestApi, type TestApi, type TestCompany } from './support.ts';

const pdf = Buffer.from('%PDF-1.7\nthe report of October, with a byte that is no text: \xff', 'latin1');

let api: TestApi;
let salon: TestCompany;
let other: TestCompany;

beforeAll(async () => {
  api = await startTestApi();
  salon = await addCompany(api.db, 'salon');
  other = await addCompany(api.db, 'other');
  await keepReport(api.db, salon.id, '2026-01', { figures: {} as never, pdf });
});
afterAll(() => api.close());

const fetchReport = (month: string, key: string) =>
  fetch(`${api.url}/api/reports/${month}`, { headers: { authorization: `Bearer ${key}` } });

it('is a PDF, byte by byte, for the company and for an operator who names it', async () => {
  for (const answer of [
    await fetchReport('2026-01', salon.key),
    await fetchReport('2026-01?company=salon', api.operatorKey),
  ]) {
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/pdf');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename=report-salon-2026-01.pdf');
    expect(Buffer.from(await answer.arrayBuffer()).equals(pdf)).toBe(true);
  }
});

it.each(['2026-13', '2026-1', 'january', '2026-01-01'])(
  'is refused for %s, which is no month',
  async (month) => {
    const { status, body } = await api.get(`/api/reports/${month}`, salon.key);
    expect([status, body.errors]).toEqual([400, [{ path: 'month', message: 'must be a month as YYYY-MM' }]]);
  },
);

it('is not found for a month without one', async () => {
  const { status, body } = await api.get('/api/reports/2026-02', salon.key);
  expect([status, body.code]).toEqual([404, 'not-found']);
  expect(body.detail).toContain('report of this month');
});

it('is of no concern to another company', async () => {
  expect((await fetchReport('2026-01', other.key)).status).toBe(404);
  const named = await api.get('/api/reports/2026-01?company=salon', other.key);
  expect([named.status, named.body.code]).toEqual([403, 'other-company']);
});

it('needs an operator to say whose', async () => {
  const { status, body } = await api.get('/api/reports/2026-01', api.operatorKey);
  expect([status, body.errors]).toEqual([
    400,
    [{ path: 'company', message: 'an operator key has to name the company' }],
  ]);
});

it('stands in the document of the API', async () => {
  const { body } = await api.get('/openapi.json');
  const { responses } = body.paths['/api/reports/{month}'].get;
  expect(responses[200].content).toEqual({
    'application/pdf': { schema: { type: 'string', format: 'binary' } },
  });
  expect(Object.keys(responses)).toEqual(expect.arrayContaining(['400', '403', '404']));
});
