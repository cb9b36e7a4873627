import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { Retell } from 'retell-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BODY_LIMIT_BYTES, KEY, startWebhooks, type WebhookFixture } from './fixture.ts';

const LINE = { number_e164: '+4930901820', agent_id: 'agent_salon' };

function event(type: string, changes: Record<string, unknown> = {}) {
  const call = {
    call_id: `call_${randomUUID()}`,
    agent_id: LINE.agent_id,
    direction: 'inbound',
    from_number: '+4915112345678',
    to_number: LINE.number_e164,
    ...changes,
  };
  return { event: type, call };
}

describe.each(['http', 'express'] as const)('POST /api/webhooks/retell on %s', (mount) => {
  let api: WebhookFixture;
  let companyId: string;
  beforeAll(async () => {
    api = await startWebhooks({ mount });
    const company = await api.db
      .insertInto('companies')
      .values({
        slug: 'salon',
        name: 'Salon',
        time_zone: 'Europe/Berlin',
        country: 'DE',
        currency: 'EUR',
        contact_email: 'desk@salon.example',
        calcom_key_sealed: null,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    companyId = company.id;
    await api.db
      .insertInto('phone_lines')
      .values({ ...LINE, company_id: companyId })
      .execute();
  });
  afterAll(() => api.close());

  const stored = (callId: string) =>
    api.db.selectFrom('inbox_events').selectAll().where('event_key', 'like', `%${callId}%`).execute();
  const countEvents = async () => {
    const { count } = api.db.fn;
    const row = await api.db
      .selectFrom('inbox_events')
      .select(count<string>('id').as('n'))
      .executeTakeFirstOrThrow();
    return Number(row.n);
  };

  it('stores a signed event for its call and company, and answers 204', async () => {
    const body = event('call_ended');
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const response = await api.postSigned(body, { traceparent, 'x-request-id': 'given-1' });
    expect(response.status).toBe(204);
    expect(response.headers.get('x-request-id')).toBe('given-1');
    expect(await stored(body.call.call_id)).toMatchObject([
      {
        source: 'retell',
        event_key: `call_ended:${body.call.call_id}`,
        event_type: 'call_ended',
        entity: `call/retell/${body.call.call_id}`,
        company_id: companyId,
        status: 'pending',
        request_id: 'given-1',
        trace_parent: traceparent,
      },
    ]);
  });

  it('answers a repeated event like the first and stores it once', async () => {
    const body = event('call_ended');
    const statuses = [await api.postSigned(body), await api.postSigned(body)].map(({ status }) => status);
    expect(statuses).toEqual([204, 204]);
    expect(await stored(body.call.call_id)).toHaveLength(1);
  });

  it('makes ids of its own instead of ill-formed ones', async () => {
    const body = event('call_ended');
    const headers = { traceparent: '00-0-0-01', 'x-request-id': '<script>' };
    const response = await api.postSigned(body, headers);
    const [row] = await stored(body.call.call_id);
    expect(row?.request_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(response.headers.get('x-request-id')).toBe(row?.request_id);
    expect(row?.trace_parent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  it('keeps events that no chain listens to as ignored', async () => {
    const updated = event('transcript_updated');
    const unheardOf = event('call_teleported');
    expect((await api.postSigned(updated)).status).toBe(204);
    expect((await api.postSigned(unheardOf)).status).toBe(204);
    const chat = { event: 'chat_ended', chat: { chat_id: `chat_${randomUUID()}` } };
    expect((await api.postSigned(chat)).status).toBe(204);
    for (const id of [updated.call.call_id, unheardOf.call.call_id, chat.chat.chat_id]) {
      expect(await stored(id)).toMatchObject([{ status: 'ignored', entity: null }]);
    }
  });

  it('finds the company by the number when the agent is unknown, also of an outbound call', async () => {
    const inbound = event('call_ended', { agent_id: 'agent_new' });
    const outbound = event('call_ended', {
      agent_id: null,
      direction: 'outbound',
      from_number: LINE.number_e164,
      to_number: '+4915112345678',
    });
    await api.postSigned(inbound);
    await api.postSigned(outbound);
    for (const { call } of [inbound, outbound]) {
      expect(await stored(call.call_id)).toMatchObject([{ company_id: companyId }]);
    }
  });

  it('hands an unknown agent and number over without a company: the run decides', async () => {
    const body = event('call_ended', { agent_id: 'agent_nobody', to_number: '+19998887777' });
    expect((await api.postSigned(body)).status).toBe(204);
    expect(await stored(body.call.call_id)).toMatchObject([{ company_id: null, status: 'pending' }]);
  });

  it('refuses a missing, a wrong and a stale signature alike, with an audit line and no event', async () => {
    const before = await countEvents();
    const body = JSON.stringify(event('call_ended'));
    const genuine = await Retell.sign(body, KEY);
    const old = await startWebhooks({ nowMs: () => Date.now() + 301_000 });
    const responses = [
      await api.post(body, { 'x-request-id': 'bad-missing' }),
      await api.post(body, {
        'x-request-id': 'bad-key',
        'x-retell-signature': await Retell.sign(body, 'other'),
      }),
      await api.post(`${body} `, { 'x-request-id': 'bad-body', 'x-retell-signature': genuine }),
      await old.post(body, { 'x-request-id': 'bad-time', 'x-retell-signature': genuine }),
    ];
    for (const response of responses) {
      expect(response.status).toBe(401);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      expect(await response.json()).toEqual({
        type: 'urn:switchboard:problem:invalid-signature',
        title: 'Unauthorized',
        status: 401,
        detail: 'The signature is missing or not valid.',
        code: 'invalid-signature',
        errors: [],
      });
    }
    const audit = async ({ db }: WebhookFixture) =>
      (
        await db
          .selectFrom('audit_log')
          .selectAll()
          .where('request_id', 'like', 'bad-%')
          .orderBy('id')
          .execute()
      ).map(({ actor, action, request_id, detail }) => [actor, action, request_id, detail.reason]);
    const line = (id: string, reason: string) => ['webhook:retell', 'webhook.rejected', id, reason];
    await expect
      .poll(() => audit(api), { timeout: 5_000 })
      .toEqual([line('bad-missing', 'missing'), line('bad-key', 'mismatch'), line('bad-body', 'mismatch')]);
    await expect.poll(() => audit(old), { timeout: 5_000 }).toEqual([line('bad-time', 'stale')]);
    expect(api.log.some((entry) => entry.includes('webhook rejected') && entry.includes('bad-key'))).toBe(
      true,
    );
    expect(await countEvents()).toBe(before);
    await old.close();
  });

  it('refuses 2 MB, announced or not, and keeps serving the connection', async () => {
    const big = 'x'.repeat(2_000_000);
    const announced = await api.post(big, { 'x-retell-signature': await Retell.sign(big, KEY) });
    expect(announced.status).toBe(413);
    expect(await announced.json()).toMatchObject({ code: 'body-too-large', status: 413 });
    const streamed = await fetch(api.url, {
      method: 'POST',
      body: new Blob([big]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(streamed.status).toBe(413);
    expect((await api.postSigned(event('call_ended'))).status).toBe(204);
  });

  it('takes a body right at the limit', async () => {
    const body = event('call_ended', { transcript: '' });
    const room = BODY_LIMIT_BYTES - Buffer.byteLength(JSON.stringify(body));
    const full = { ...body, call: { ...body.call, transcript: 'x'.repeat(room) } };
    expect((await api.postSigned(full)).status).toBe(204);
    const over = { ...body, call: { ...body.call, transcript: 'x'.repeat(room + 1) } };
    expect((await api.postSigned(over)).status).toBe(413);
  });

  it('cuts off a sender that does not stop', async () => {
    const { hostname, port, pathname } = new URL(api.url);
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.write(`POST ${pathname} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n`);
    const chunk = Buffer.alloc(256 * 1024);
    const send = () => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket.on('drain', send).on('error', () => undefined);
    send();
    await new Promise((resolve) => socket.once('close', resolve));
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(socket.bytesWritten).toBeLessThan(100_000_000);
  });

  it('answers broken JSON with 400', async () => {
    const response = await api.postSigned('{"event":"call_ended","call":{"call_id":"Anna');
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ code: 'invalid-json' });
    expect(text).not.toContain('Anna');
  });

  it('keeps a signed event that it cannot read, answers 2xx and says so in the log', async () => {
    const before = await countEvents();
    const body = {
      event: 'call_ended',
      call: { call_id: '', from_number: '+4915100000001', nonce: randomUUID() },
    };
    expect((await api.postSigned(body)).status).toBe(204);
    expect((await api.postSigned(body)).status).toBe(204);
    expect(await countEvents()).toBe(before + 1);
    const row = await api.db
      .selectFrom('inbox_events')
      .selectAll()
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ event_type: 'unparsable', status: 'ignored', entity: null });
    const entry = api.log.find((line) => line.includes('cannot be read'));
    expect(entry).toContain('call.call_id');
    expect(entry).not.toContain('+4915100000001');
  });

  it('is for posts only', async () => {
    const response = await fetch(api.url);
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });
});

it('answers 503 with Retry-After while the database is away, never a false 2xx', async () => {
  const api = await startWebhooks({ databaseUrl: 'postgres://nobody@127.0.0.1:1/none' });
  const response = await api.postSigned(event('call_ended'));
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('5');
  expect(await response.json()).toMatchObject({ code: 'inbox-unavailable' });
  // A forged event is still refused, although its audit line cannot be written.
  expect((await api.post('{}')).status).toBe(401);
  await api.close();
});

it('turns a flood of forged events into a few audit rows', async () => {
  const api = await startWebhooks();
  const responses = await Promise.all(Array.from({ length: 60 }, () => api.post('{}')));
  expect(responses.every(({ status }) => status === 401)).toBe(true);
  const reasons = async () => {
    const rows = await api.db.selectFrom('audit_log').select('detail').execute();
    return rows.reduce((sum, { detail }) => sum + Number(detail.count ?? 1), 0);
  };
  await expect.poll(reasons, { timeout: 5_000 }).toBe(60);
  expect((await api.db.selectFrom('audit_log').select('id').execute()).length).toBeLessThan(60);
  await api.close();
});
