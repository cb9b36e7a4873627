import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noteDrifts, noteOutcome, resolveDrifts } from '../../db/phone-desk/booking-sync/calendar-drift.ts';
import { beginSync, finishSync } from '../../db/phone-desk/booking-sync/sync-runs.ts';
import { addCompany, startTestApi, type TestApi, type TestCompany } from './support.ts';

let api: TestApi;
let linde: TestCompany;
let ahorn: TestCompany;

beforeAll(async () => {
  api = await startTestApi();
  linde = await addCompany(api.db, 'linde');
  ahorn = await addCompany(api.db, 'ahorn');
  const key = api.deps.vault.seal('company.calcom-key', 'cal_live_linde');
  await api.db.updateTable('companies').set({ calcom_key_sealed: key }).where('id', '=', linde.id).execute();
});
afterAll(() => api.close());

const path = '/api/companies/linde/booking-sync';

describe('POST /api/companies/{slug}/booking-sync', () => {
  it('stores what is asked for before it answers; while it waits, asking again answers with it', async () => {
    const first = await api.post(path, {}, linde.key);
    expect(first.status).toBe(202);
    expect(first.headers.get('location')).toBe(path);
    expect(first.body).toMatchObject({ company: 'linde', status: 'requested' });
    const again = await api.post(path, {}, api.operatorKey);
    expect(again.body.id).toBe(first.body.id);
    const events = api.offered.filter(({ eventType }) => eventType === 'booking-sync.requested');
    expect(events).toMatchObject([{ entity: `booking-sync/${linde.id}`, companyId: linde.id }]);
    const taken = await beginSync(api.db, { companyId: linde.id, kind: 'bookings' }, crypto.randomUUID());
    expect(taken).toBe(first.body.id);
    const next = await api.post(path, {}, linde.key);
    expect(next.body.id).not.toBe(taken);
  });

  it('says what is missing, and tells nobody of other companies', async () => {
    const keyless = await api.post('/api/companies/ahorn/booking-sync', {}, ahorn.key);
    expect([keyless.status, keyless.body.code]).toEqual([409, 'calendar-not-connected']);
    expect((await api.post(path, {}, ahorn.key)).status).toBe(403);
    expect((await api.post('/api/companies/nobody/booking-sync', {}, ahorn.key)).status).toBe(403);
    expect((await api.post('/api/companies/nobody/booking-sync', {}, api.operatorKey)).status).toBe(404);
    expect((await api.get(path)).status).toBe(401);
  });
});

describe('GET …/booking-sync and …/calendar-drift', () => {
  const target = () => ({ companyId: linde.id, kind: 'bookings' }) as const;
  const drift = (bookingUid: string, startsAt: string) => {
    const there = { status: 'accepted', startsAt, endsAt: startsAt, changedAt: startsAt };
    return { appointmentId: null, bookingUid, kind: 'unknown-here' as const, here: null, there };
  };

  it('show the last run, what differs now and what became of it', async () => {
    const syncId = await beginSync(api.db, target(), crypto.randomUUID());
    await noteDrifts(api.db, linde.id, [drift('b1', '2026-03-03T10:00:00.000Z')]);
    await noteOutcome(api.db, linde.id, { bookingUid: 'b1', kind: 'unknown-here' }, 'conflict');
    const seen = await noteDrifts(api.db, linde.id, [drift('b1', '2026-03-03T10:00:00.000Z')]);
    expect(seen).toMatchObject([{ bookingUid: 'b1', asked: true }]);
    const changed = await noteDrifts(api.db, linde.id, [drift('b1', '2026-03-03T11:00:00.000Z')]);
    expect(changed).toMatchObject([{ asked: false }]);
    await finishSync(api.db, target(), syncId, { status: 'synced', detail: { read: 1 } });
    const { body } = await api.get(path, linde.key);
    expect(body).toMatchObject({
      last: { id: syncId, trigger: 'request', status: 'synced' },
      lastSynced: { id: syncId, status: 'synced', detail: { read: 1 } },
      open: { 'unknown-here': 1 },
      takenOverUntil: null,
    });
    const report = await api.get('/api/companies/linde/calendar-drift?open=true', linde.key);
    expect(report.body.items).toMatchObject([
      { bookingUid: 'b1', timesSeen: 1, outcome: 'open', says: expect.any(String) },
    ]);

    const later = await beginSync(api.db, target(), crypto.randomUUID());
    await resolveDrifts(api.db, linde.id, later);
    const over = await api.get('/api/companies/linde/calendar-drift?open=true', linde.key);
    expect(over.body.items).toEqual([]);
    expect((await api.get('/api/companies/linde/calendar-drift?limit=1', linde.key)).body.items).toHaveLength(
      1,
    );
    expect((await api.get('/api/companies/linde/calendar-drift?kind=odd', linde.key)).status).toBe(400);
    expect((await api.get('/api/companies/linde/calendar-drift', ahorn.key)).status).toBe(403);
  });

  it('a run that died without a word is said to have failed by the next one', async () => {
    const dead = await beginSync(api.db, target(), crypto.randomUUID());
    const takenBy = crypto.randomUUID();
    const next = await beginSync(api.db, target(), takenBy);
    expect(await beginSync(api.db, target(), takenBy)).toBe(next);
    const row = await api.db
      .selectFrom('calendar_sync_runs')
      .where('id', '=', dead)
      .select('status')
      .executeTakeFirstOrThrow();
    expect(row.status).toBe('failed');
  });
});
