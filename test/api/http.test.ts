import { randomUUID } from 'node:crypto';
import http from 'node:http';
import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiKey, revokeApiKey } from '../../db/api-keys.ts';
import { connectDatabase } from '../../db/connect.ts';
import { addCompany, startTestApi, type TestApi, type TestCompany } from './support.ts';

/** The Temporal client as far as `/readyz` uses it. */
const temporal = {
  up: true,
  withDeadline: (_deadline: number, work: () => Promise<unknown>) => work(),
  workflowService: {
    describeNamespace: async () => {
      if (!temporal.up) throw new Error('14 UNAVAILABLE: secret-host:7233');
      return {};
    },
  },
};

let api: TestApi;
let linde: TestCompany;

beforeAll(async () => {
  api = await startTestApi({ temporal: temporal as unknown as Client });
  linde = await addCompany(api.db, 'linde');
});
afterAll(() => api.close());

const problemKeys = ['code', 'detail', 'errors', 'status', 'title', 'type'];

/** A request exactly as written, which `fetch` would tidy up. */
function raw(path: string, options: http.RequestOptions = {}, body?: string | Buffer) {
  return new Promise<{ status: number; type: string; text: string }>((resolve, reject) => {
    const headers = { authorization: `Bearer ${linde.key}`, ...options.headers };
    const request = http.request(api.url + path, { ...options, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', text }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

describe('authentication', () => {
  it.each([
    ['no header', undefined],
    ['another scheme', 'Basic abc'],
    ['an unknown key', `Bearer sb_${'x'.repeat(43)}`],
    ['an empty key', 'Bearer '],
    ['SQL', `Bearer sb_' OR '1'='1`],
  ])('refuses %s', async (_name, authorization) => {
    const answer = await fetch(`${api.url}/api/calls`, authorization ? { headers: { authorization } } : {});
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(Object.keys((await answer.json()) as object).sort()).toEqual(problemKeys);
  });

  it('stores a hash, not the key, and refuses a revoked one', async () => {
    const { id, key } = await createApiKey(api.db, { companyId: linde.id, name: 'short-lived' });
    expect((await api.get('/api/calls', key)).status).toBe(200);
    const row = await api.db
      .selectFrom('api_keys')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(JSON.stringify({ ...row, key_hash: row.key_hash.toString() })).not.toContain(key);
    await revokeApiKey(api.db, id);
    expect((await api.get('/api/calls', key)).status).toBe(401);
  });

  it('refuses the key of a company that was closed', async () => {
    const closed = await addCompany(api.db, 'closed');
    await api.db.updateTable('companies').set({ active: false }).where('id', '=', closed.id).execute();
    expect((await api.get('/api/calls', closed.key)).status).toBe(401);
  });
});

describe('bad requests', () => {
  it.each([
    ['broken JSON', '{"a":', {}, 400, 'broken-json'],
    ['no object', '[]', {}, 400, 'invalid-request'],
    [
      'another type',
      'a=1',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'unsupported-media-type',
    ],
    [
      'another charset',
      '{}',
      { 'content-type': 'application/json; charset=x-user' },
      415,
      'unsupported-media-type',
    ],
    ['2 MB', JSON.stringify({ service: 'x'.repeat(2_000_000) }), {}, 413, 'body-too-large'],
    ['prototype keys', '{"__proto__":{"a":1},"constructor":1}', {}, 400, 'invalid-request'],
  ])('answers %s with a problem', async (_name, body, headers, status, code) => {
    const key = { 'idempotency-key': randomUUID() };
    const answer = await api.post('/api/bookings', body, linde.key, { ...key, ...headers });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body.code).toBe(code);
    expect(answer.text).not.toMatch(/node_modules|at .*\.(ts|js):/);
  });

  it('asks for authentication before it reads a body', async () => {
    expect((await api.post('/api/bookings', '{"a":')).status).toBe(401);
  });

  it('answers unknown addresses and methods', async () => {
    const unknown = await api.get('/api/nothing', linde.key);
    expect([unknown.status, unknown.body.code]).toEqual([404, 'no-such-route']);
    expect((await api.get('/nothing')).body.code).toBe('no-such-route');
    expect((await api.post('/api/webhooks/nobody', {})).status).toBe(404);
    const method = await api.post('/api/calls', {}, linde.key);
    expect([method.status, method.headers.get('allow')]).toEqual([405, 'GET']);
  });

  it.each([
    ['/api/calls?limit=0', 400],
    ['/api/calls?limit=201', 400],
    ['/api/calls?limit=abc', 400],
    ['/api/calls?status=ended&status=analyzed', 400],
    ['/api/calls?status=gone', 400],
    ['/api/calls?unknown=1', 400],
    ['/api/calls?customerId=1%27%20OR%201=1', 400],
    ['/api/calls?outcome=%27%3B%20DROP%20TABLE%20calls%3B--', 200],
    ['/api/calls?outcome=a%00b', 400],
    ['/api/calls?createdFrom=yesterday', 400],
    ['/api/calls?createdFrom=0000-01-01T00:00:00Z&createdBefore=9999-12-31T23:59:59Z', 200],
    ['/api/calls?__proto__=1', 400],
    ['/api/calls?limit[$gt]=1', 400],
    ["/api/calls/1'--", 400],
    ['/api/calls/%E0%A4%A', 400],
    ['/api/inbox-events/1%20OR%201', 400],
    ['/api/inbox-events/99999999999999999999', 400],
    ['/api/inbox-events?entity=%27%20OR%20%27%27=%27', 200],
    ['/docs/..%2f..%2fpackage.json', 404],
    ['/docs/swagger-ui-dist/package.json', 404],
  ])('%s is %i', async (path, status) => {
    const answer = await raw(path);
    expect(answer.status).toBe(status);
    expect(answer.type).toMatch(status === 200 ? /application\/json/ : /application\/problem\+json/);
    expect(answer.text).not.toMatch(/node_modules|syntax error|invalid input/);
    if (status === 200) expect(JSON.parse(answer.text).items).toEqual([]);
  });

  it.each([
    'x',
    '"x"',
    '[]',
    '["2026-01-01T00:00:00Z","1; DROP TABLE calls"]',
    '["0000-01-01T00:00:00Z","5f0c1c5e-8a34-4b4e-9d53-9d2c0f3a1b11"]',
    '["2026-01-01T00:00:00Z","12"]',
    '{"createdAt":1}',
  ])('refuses the forged cursor %s', async (position) => {
    const cursor = Buffer.from(position).toString('base64url');
    const answer = await api.get(`/api/calls?cursor=${cursor}`, linde.key);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual([{ path: 'cursor', message: 'is not a cursor of this list' }]);
  });
});

describe('every answer', () => {
  it('has security headers and a request id', async () => {
    const { headers } = await api.get('/healthz');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    const given = await fetch(`${api.url}/healthz`, { headers: { 'x-request-id': 'my-id.1' } });
    expect(given.headers.get('x-request-id')).toBe('my-id.1');
    const forged = await fetch(`${api.url}/healthz`, { headers: { 'x-request-id': 'a b"<>' } });
    expect(forged.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is logged by route, without path, query or key', async () => {
    const id = randomUUID();
    api.log.length = 0;
    await api.get(`/api/customers/${id}?secret=4711`, linde.key);
    await expect.poll(() => api.log.length).toBeGreaterThan(0);
    const line = api.log.join('');
    expect(JSON.parse(line)).toMatchObject({ method: 'GET', route: '/api/customers/{id}', status: 404 });
    expect(line).not.toMatch(new RegExp(`${id}|4711|${linde.key}`));
  });

  it('says nothing about an unforeseen error, but logs it', async () => {
    const { db } = api.deps;
    await api.db
      .insertInto('calls')
      .values({ ...callWithWrongKey(await person()) })
      .execute();
    api.log.length = 0;
    const answer = await api.get('/api/calls', linde.key);
    expect([answer.status, answer.body.code]).toEqual([500, 'internal']);
    expect(answer.text).not.toMatch(/authenticate|stack|\.ts/);
    expect(api.log.join('')).toContain('request failed');
    await db.deleteFrom('calls').execute();
  });
});

async function person(): Promise<string> {
  const { wrapped } = api.deps.vault.newPersonKey();
  const row = await api.db
    .insertInto('person_keys')
    .values({ wrapped_key: wrapped })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

const callWithWrongKey = (personId: string) => ({
  company_id: linde.id,
  person_id: personId,
  vendor: 'retell',
  vendor_call_id: 'broken',
  agent_id: 'agent',
  direction: 'inbound',
  status: 'ended' as const,
  from_number_sealed: Buffer.alloc(40),
  customer_id: null,
  disconnection_reason: null,
  started_at: null,
  ended_at: null,
  duration_ms: null,
  transcript_sealed: null,
  analysis_sealed: null,
  recording_url_sealed: null,
  wish_sealed: null,
  outcome: null,
  outcome_detail: null,
  settled_at: null,
});

describe('service routes', () => {
  it('tells what is not ready', async () => {
    const ready = await api.get('/readyz');
    expect([ready.status, ready.body.checks]).toEqual([200, { postgres: 'up', temporal: 'up' }]);
    temporal.up = false;
    const notReady = await api.get('/readyz');
    temporal.up = true;
    expect([notReady.status, notReady.body.detail]).toEqual([503, 'Not reachable: temporal.']);
    expect(notReady.text).not.toContain('secret-host');
    expect((await api.get('/healthz')).status).toBe(200);
  });

  it('answers 503 while PostgreSQL is away', async () => {
    const away = connectDatabase('postgres://u:p@127.0.0.1:1/none', 2);
    const cut = await startTestApi({ db: away.db, pool: away.pool, temporal: temporal as unknown as Client });
    const answer = await fetch(`${cut.url}/api/calls`, { headers: { authorization: `Bearer ${linde.key}` } });
    const text = await answer.text();
    expect([answer.status, JSON.parse(text).code]).toEqual([503, 'database-unavailable']);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(text).not.toContain('ECONNREFUSED');
    expect((await cut.get('/readyz')).body.detail).toBe('Not reachable: postgres.');
    expect((await cut.get('/metrics')).text).toContain('switchboard_inbox_pending Nan');
    await cut.close();
    await away.close();
  });

  it('measures requests by route', async () => {
    await api.get(`/api/calls/${randomUUID()}`, linde.key);
    await expect
      .poll(async () => (await api.get('/metrics')).text)
      .toMatch(
        /http_request_duration_seconds_count\{method="GET",route="\/api\/calls\/\{id\}",status="404"\} 1/,
      );
    const { text } = await api.get('/metrics');
    expect(text).toContain('switchboard_inbox_pending 0');
    expect(text).toContain('process_cpu_seconds_total');
  });

  it('serves the documentation from itself alone', async () => {
    const home = await api.get('/');
    expect([home.status, home.headers.get('location')]).toEqual([302, '/docs']);
    const page = await api.get('/docs');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(files).toHaveLength(4);
    for (const file of files) {
      expect(file).toMatch(/^\/docs\//);
      expect((await api.get(file)).status).toBe(200);
    }
  });
});
