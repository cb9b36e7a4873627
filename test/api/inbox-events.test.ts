import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IncomingEvent } from '../../platform/inbox/inbox.ts';
import { addCompany, startTestApi, type TestApi, type TestCompany } from './support.ts';

let api: TestApi;
let linde: TestCompany;
let ahorn: TestCompany;

beforeAll(async () => {
  api = await startTestApi();
  linde = await addCompany(api.db, 'linde');
  ahorn = await addCompany(api.db, 'ahorn');
});
afterAll(() => api.close());

let sequence = 0;
async function accept(changes: Partial<IncomingEvent> = {}): Promise<string> {
  sequence += 1;
  const accepted = await api.deps.inbox.accept({
    source: 'retell',
    eventKey: `event-${sequence}`,
    eventType: 'call_ended',
    entity: `call/retell/${sequence}`,
    companyId: linde.id,
    body: Buffer.from(`{"n":${sequence},"text":"grüß"}`),
    requestId: 'request-1',
    traceParent: null,
    ...changes,
  });
  return accepted.id;
}
const ids = (answer: { body: { items: { id: string }[] } }) => answer.body.items.map((item) => item.id);

describe('inbox events', () => {
  it('are listed newest first, filtered and paged, for their company', async () => {
    const first = await accept();
    const second = await accept({ source: 'api', eventType: 'booking.requested' });
    const ignored = await accept({ entity: null });
    expect(ids(await api.get('/api/inbox-events', linde.key))).toEqual([ignored, second, first]);
    expect(ids(await api.get('/api/inbox-events?source=api', linde.key))).toEqual([second]);
    expect(ids(await api.get('/api/inbox-events?status=ignored', linde.key))).toEqual([ignored]);
    expect(ids(await api.get('/api/inbox-events?entity=call/retell/1', linde.key))).toEqual([first]);
    expect(ids(await api.get('/api/inbox-events?receivedBefore=2020-01-01T00:00:00Z', linde.key))).toEqual(
      [],
    );
    const page = await api.get('/api/inbox-events?limit=2', linde.key);
    await accept({ companyId: ahorn.id });
    const rest = await api.get(`/api/inbox-events?limit=2&cursor=${page.body.nextCursor}`, linde.key);
    expect([ids(rest), rest.body.nextCursor]).toEqual([[first], null]);
  });

  it('give their body exactly as it came, and note who read it', async () => {
    const id = await accept({ body: Buffer.from('{"a": 1,\n "b":"ü"}') });
    expect((await api.get(`/api/inbox-events/${id}`, linde.key)).text).not.toContain('"b"');
    const body = await api.get(`/api/inbox-events/${id}/body`, linde.key);
    expect(body.headers.get('content-type')).toContain('text/plain');
    expect(body.text).toBe('{"a": 1,\n "b":"ü"}');
    expect((await api.get(`/api/inbox-events/${id}/body`, ahorn.key)).status).toBe(404);
    const audit = await api.db
      .selectFrom('audit_log')
      .selectAll()
      .where('entity', '=', `inbox/${id}`)
      .execute();
    expect(audit).toMatchObject([{ actor: 'linde key', action: 'inbox.read-body' }]);
  });

  it('of no company are the operator’s alone', async () => {
    const id = await accept({ companyId: null });
    for (const path of ['', '/body']) {
      expect((await api.get(`/api/inbox-events/${id}${path}`, linde.key)).status).toBe(404);
      expect((await api.get(`/api/inbox-events/${id}${path}`, api.operatorKey)).status).toBe(200);
    }
  });

  it('can be replayed by their company and the operator', async () => {
    const id = await accept();
    await api.db.updateTable('inbox_events').set({ status: 'done' }).where('id', '=', id).execute();
    const replay = (key: string, target = id) => api.post(`/api/inbox-events/${target}/replay`, {}, key);
    expect((await replay(ahorn.key)).status).toBe(404);
    const replayed = await replay(linde.key);
    expect([replayed.status, replayed.body.status]).toEqual([202, 'pending']);
    const audit = await api.db
      .selectFrom('audit_log')
      .selectAll()
      .where('entity', '=', `inbox/${id}`)
      .execute();
    expect(audit).toMatchObject([{ actor: 'linde key', action: 'inbox.replay' }]);

    const ignored = await replay(linde.key, await accept({ entity: null }));
    expect([ignored.status, ignored.body.code]).toEqual([409, 'event-ignored']);
    expect((await replay(api.operatorKey, '999999')).status).toBe(404);
  });
});
