import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { blockChannel } from '../../../db/phone-desk/notification/channel-blocks.ts';
import { beginErasure, fileErasure } from '../../../db/privacy/erasures.ts';
import { findSubject } from '../../../db/privacy/subjects.ts';
import { erasureWorkflowId } from '../../../shared/ids.ts';
import { erasureStart } from '../../../workflows/phone-desk/gdpr-erasure/contract.ts';
import { openPhoneDesk, type PhoneDesk } from '../../support/phone-desk.ts';
import { appointmentsOf, bookedAtCalendar, executedFor, recordHistory } from '../../support/stories.ts';
import { connectTemporal } from '../../support/temporal.ts';
import { eventually } from '../../support/test-bed.ts';
import { haircut, newCaller, workingDay } from '../../support/wishes.ts';

let env: TestWorkflowEnvironment;
let desk: PhoneDesk;

beforeAll(async () => {
  env = await connectTemporal();
  desk = await openPhoneDesk(env, { settings: { ERASURE_RUN_GRACE_MS: '5000', ERASURE_SETTLE_MS: '10' } });
});
afterEach(() => desk.clearFaults());
afterAll(async () => {
  await desk?.close();
  await env?.teardown();
});

const ask = async (path: string) =>
  String((await desk.api('POST', `${path}/erasure`, { reason: 'objection' })).id);
const proofOf = (id: string) =>
  eventually(`the erasure ${id}`, async () => {
    const proof = await desk.api('GET', `/api/erasures/${id}`);
    return proof.finishedAt ? proof : undefined;
  });
const talked = async () =>
  desk.settled(
    await desk.play({ from: newCaller(), wish: { booking_requested: false }, transcript: 'User: edge' }),
  );

describe('what does not go', () => {
  const alerts = async () =>
    (await desk.api('GET', '/api/alerts?kind=erasure-incomplete&standing=true')).items as {
      entity: string;
    }[];

  it('is looked at so often, named in the proof, told to operators, and taken up again by asking', async () => {
    const call = await talked();
    const path = `/api/customers/${call.customer_id}`;
    const { db, pool } = desk.deps;
    const block = { channel: 'sms', reason: 'opted-out', source: 'api', code: null } as const;
    await blockChannel(db, [call.customer_id!], block);
    await pool.query(`
      CREATE FUNCTION keeps() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
      CREATE TRIGGER keeps BEFORE DELETE ON channel_blocks FOR EACH ROW EXECUTE FUNCTION keeps()`);

    const id = await ask(path);
    const proof = await proofOf(id);
    expect(proof).toMatchObject({
      status: 'partly-erased',
      keyDestroyedAt: expect.any(String),
      verifiedAt: null,
      remains: [{ vendor: 'switchboard', what: 'channel_blocks: 1', ids: [] }],
    });
    expect(await alerts()).toMatchObject([
      { entity: `erasure/${id}`, detail: { left: ['channel_blocks: 1'] } },
    ]);
    await recordHistory(desk, erasureWorkflowId(id), 'erasure-left-rest');

    await pool.query('DROP FUNCTION keeps CASCADE');
    expect(await ask(path)).toBe(id);
    expect(await proofOf(id)).toMatchObject({
      status: 'erased',
      verifiedAt: expect.any(String),
      remains: [],
      found: { channel_blocks: 1, 'retell calls': 1 },
    });
    expect(await alerts()).toEqual([]);
    await expect(ask(path)).rejects.toThrow('already-erased');
  });
});

describe('a person who is forgotten in the middle of a booking', () => {
  it('leaves no booking in the calendar and no slot held', async () => {
    await desk.fault({ vendor: 'calcom', operation: 'slots.reserve', mode: 'status', status: 503, count: 1 });
    await desk.fault({
      vendor: 'calcom',
      operation: 'bookings.create',
      mode: 'delay',
      delayMs: 1_500,
      count: 1,
    });
    const wish = haircut(workingDay(1), '11:00', { staff: 'Mara' });
    const vendorCallId = await desk.play({ from: newCaller(), wish });
    const customerId = await eventually('the booking to be on its way', async () => {
      const { rows } = await desk.deps.pool.query<{ customer_id: string }>(
        `SELECT a.customer_id FROM effects e JOIN appointments a ON a.id::text = e.entity
           JOIN calls c ON c.id = a.call_id
         WHERE e.operation = 'bookings.create' AND e.status = 'intent' AND c.vendor_call_id = $1`,
        [vendorCallId],
      );
      return rows[0]?.customer_id;
    });
    expect(await proofOf(await ask(`/api/customers/${customerId}`))).toMatchObject({ status: 'erased' });

    const call = await desk.settled(vendorCallId);
    const [appointment] = await appointmentsOf(desk, call.id);
    expect(['released', 'cancelled']).toContain(appointment!.status);
    expect(await bookedAtCalendar(desk, call.id)).toHaveLength(1);
    expect(await executedFor(desk, 'calcom', 'bookings.cancel', appointment!.id)).toHaveLength(1);
    // Others may have the time, and nobody was told of it.
    const next = await desk.settled(await desk.play({ from: newCaller(), wish }));
    expect(next.outcome).toBe('booked');
    expect(await executedFor(desk, 'smtp', 'mail.deliver', appointment!.id)).toEqual([]);
  });
});

describe('a user of daily calls who is being forgotten', () => {
  it('does not come back under the same external id: who does is somebody new', async () => {
    const user = { externalId: 'crm-77', phone: '+4915145550077', timeZone: 'Europe/Berlin' };
    const make = async () =>
      String((await desk.api('POST', '/api/call-users?company=salon-lindgruen', user)).id);
    const { db, vault } = desk.deps;
    const former = await make();
    const subject = (await findSubject(db, 'call-user', null, former))!;
    const asked = { id: randomUUID(), reason: 'objection', by: 'operator' };
    const erasureId = await fileErasure(db, subject, subject.personId!, asked);
    expect(await beginErasure(db, vault, erasureId)).toBe('begun');
    const again = await make();
    expect(again).not.toBe(former);
    await desk.deps.starter.start(erasureStart({ erasureId, companyId: subject.companyId }));
    expect(await proofOf(erasureId)).toMatchObject({ status: 'erased' });
    expect(await desk.api('GET', `/api/call-users/${again}`)).toMatchObject({ externalId: 'crm-77' });
    expect(await desk.api('GET', `/api/call-users/${former}`)).toMatchObject({ externalId: null });
  });
});
