import { randomUUID } from 'node:crypto';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fileErasure } from '../../../db/privacy/erasures.ts';
import { placeHold } from '../../../db/privacy/legal-holds.ts';
import { senderOf } from '../../../db/privacy/senders.ts';
import { findSubject } from '../../../db/privacy/subjects.ts';
import { createLogger } from '../../../platform/logger.ts';
import {
  appointmentWorkflowId,
  callWorkflowId,
  erasureWorkflowId,
  inboundMessageEntity,
} from '../../../shared/ids.ts';
import { erasureStart } from '../../../workflows/phone-desk/gdpr-erasure/contract.ts';
import { openPhoneDesk, type PhoneDesk } from '../../support/phone-desk.ts';
import { type PlantedPerson, plantPerson } from '../../support/planted-person.ts';
import { CALENDAR_SECRET, tellAsRetell } from '../../support/signed-events.ts';
import { recordHistory } from '../../support/stories.ts';
import { connectTemporal } from '../../support/temporal.ts';
import { eventually } from '../../support/test-bed.ts';
import { everyFile, everyHistory, everyOpenedValue, everyRow, holds } from '../../support/traces.ts';
import { haircut, newCaller, workingDay } from '../../support/wishes.ts';

/** Twenty are asked for; each place that was added since has brought its own. */
const MARKERS = 36;

let env: TestWorkflowEnvironment;
let desk: PhoneDesk;
const logged: string[] = [];

beforeAll(async () => {
  env = await connectTemporal();
  desk = await openPhoneDesk(env, {
    settings: { ERASURE_RUN_GRACE_MS: '1000', ERASURE_SETTLE_MS: '500' },
    overrides: { log: createLogger('test', 'debug', { write: (line) => void logged.push(line) }) },
  });
  const response = await fetch(`${desk.emulatorsUrl}/calcom/v2/webhooks`, {
    method: 'POST',
    headers: {
      authorization: 'Bearer cal_live_lindgruen',
      'cal-api-version': '2024-06-14',
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      active: true,
      subscriberUrl: `${desk.apiUrl}/api/webhooks/calcom?company=salon-lindgruen`,
      triggers: ['BOOKING_CREATED', 'BOOKING_CANCELLED'],
      secret: CALENDAR_SECRET,
    }),
  });
  expect(response.ok).toBe(true);
});
afterEach(() => desk.clearFaults());
afterAll(async () => {
  await desk?.close();
  await env?.teardown();
});

type Proof = Record<string, unknown> & {
  found: Record<string, number>;
  remains: { vendor: string; what: string; ids: string[] }[];
};

/** Asks for an erasure and waits for its proof. */
async function erase(path: string, reason = 'consent-withdrawn'): Promise<Proof> {
  const { id } = await desk.api('POST', `${path}/erasure`, { reason });
  await eventually(`the erasure ${String(id)}`, async () => {
    const { finishedAt } = await desk.api('GET', `/api/erasures/${String(id)}`);
    return finishedAt ? true : undefined;
  });
  const run = env.client.workflow.getHandle(erasureWorkflowId(String(id)));
  await run.result();
  return (await desk.api('GET', `/api/erasures/${String(id)}`)) as Proof;
}

/** The markers that are found anywhere in our keeping, with where. */
async function foundOf({
  markers,
  ids,
  dayRun,
  vendorCallId,
}: PlantedPerson): Promise<Map<string, string[]>> {
  const runs = [dayRun, callWorkflowId('retell', vendorCallId), ...ids.map(appointmentWorkflowId)];
  const places: [string, string][] = [
    ...(await everyRow(desk)).map(({ table, text }): [string, string] => [table, text]),
    ...(await everyOpenedValue(desk)).map((text): [string, string] => ['what can be opened', text]),
    ...(await everyFile(desk)).map((bytes): [string, string] => ['files', bytes.toString('latin1')]),
    ['histories', await everyHistory(desk, runs)],
    ['logs', logged.join('\n')],
  ];
  const found = new Map<string, string[]>();
  for (const marker of markers) {
    const where = places.filter(([, text]) => holds(text, marker)).map(([place]) => place);
    if (where.length > 0) found.set(marker, [...new Set(where)]);
  }
  return found;
}

interface Mail {
  to: string[];
}

/** Mails of ours: to these people, and to everybody else. */
async function mailsOf(emails: string[]): Promise<{ theirs: number; others: string }> {
  const mails = (await (await fetch(`${desk.emulatorsUrl}/mail/api/messages`)).json()) as Mail[];
  const isTheirs = ({ to }: Mail) => to.some((address) => emails.includes(address));
  return {
    theirs: mails.filter(isTheirs).length,
    others: JSON.stringify(mails.filter((mail) => !isTheirs(mail))),
  };
}

/** All rows that name one of these ids, byte by byte. */
async function rowsOf({ ids, personIds }: PlantedPerson): Promise<string[]> {
  const rows = await everyRow(desk);
  const theirs = [...ids, ...personIds];
  return rows
    .filter(({ text }) => theirs.some((id) => text.includes(id)))
    .map(({ table, text }) => `${table} ${text}`)
    .sort();
}

const isOpen = async (workflowId: string) => {
  try {
    return (await env.client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
};

describe('a person who is erased', () => {
  it('is found nowhere afterwards; who is somebody else is not touched', async () => {
    const day = workingDay(3);
    const [erased, other] = [await plantPerson(desk, day), await plantPerson(desk, day)];
    // Each marker is somewhere before, and none in what is never to hold one.
    const before = await foundOf(erased);
    expect([...before.keys()].sort()).toEqual([...erased.markers].sort());
    expect(erased.markers).toHaveLength(MARKERS);
    for (const where of before.values()) {
      expect(where).not.toContain('histories');
      expect(where).not.toContain('logs');
      expect(where).not.toContain('files');
    }
    const mailsBefore = await mailsOf(erased.emails);
    expect(mailsBefore.theirs).toBeGreaterThan(0);
    const othersRows = await rowsOf(other);
    expect(othersRows.length).toBeGreaterThan(20);
    expect(await isOpen(erased.dayRun)).toBe(true);
    expect(await isOpen(appointmentWorkflowId(erased.appointmentId))).toBe(true);

    const proof = await erase(`/api/customers/${erased.customerId}`);
    const ofUser = await erase(`/api/call-users/${erased.userId}`);

    // What a provider says late, to whoever listens and to nobody.
    for (const event of ['call_analyzed', 'transcript_updated', 'something_new']) {
      const call_id = erased.vendorCallId;
      const call = { call_id, from_number: erased.phone, transcript: erased.markers.join(' ') };
      await tellAsRetell(desk, { event, call });
    }
    expect(await foundOf(erased)).toEqual(new Map());
    expect(await rowsOf(other)).toEqual(othersRows);
    expect((await foundOf(other)).size).toBe(MARKERS);
    // Nobody is told of it: neither the person, nor somebody else of the person.
    const mailsAfter = await mailsOf(erased.emails);
    expect(mailsAfter.theirs).toBe(mailsBefore.theirs);
    expect(erased.markers.filter((marker) => holds(mailsAfter.others, marker))).toEqual([]);
    expect(await isOpen(erased.dayRun)).toBe(false);
    expect(await isOpen(appointmentWorkflowId(erased.appointmentId))).toBe(false);
    expect(await isOpen(appointmentWorkflowId(other.appointmentId))).toBe(true);

    expect(proof).toMatchObject({
      status: 'erased',
      subject: 'customer',
      verifiedAt: expect.any(String),
      keyDestroyedAt: expect.any(String),
      found: expect.objectContaining({ person_keys: 1, customers: 1, calls: 1, files: 1, 'retell calls': 1 }),
    });
    expect(ofUser).toMatchObject({
      status: 'erased',
      found: { person_keys: 1, call_users: 1, call_attempts: 1 },
    });
    expect(ofUser.remains).toMatchObject([{ vendor: 'callkaro', what: 'calls' }]);
    // The provider has forgotten the call, the calendar has the time free again.
    expect(await desk.deps.retell.findCall(erased.vendorCallId)).toBeNull();
    const cancelled = await desk.ledger('calcom', 'bookings.cancel');
    expect(cancelled.filter(({ status }) => status === 200)).toHaveLength(3);
    await recordHistory(desk, erasureWorkflowId(String(proof.id)), 'person-erased');
  });
});

describe('an erased person who calls again', () => {
  it('is somebody new, and is served', async () => {
    const from = newCaller();
    const call = await desk.settled(
      await desk.play({ from, wish: haircut(workingDay(1), '10:00'), transcript: 'User: first' }),
    );
    await erase(`/api/customers/${call.customer_id}`);
    // What the provider still says about the former call is not kept, and wakes nobody.
    expect(await desk.api('GET', `/api/calls/${call.id}`)).toMatchObject({
      transcript: null,
      fromNumber: null,
      erasedAt: expect.any(String),
      outcome: 'booked',
    });
    const again = await desk.settled(
      await desk.play({ from, wish: haircut(workingDay(1), '10:00'), transcript: 'User: second' }),
    );
    expect(again.outcome).toBe('booked');
    expect(again.customer_id).not.toBe(call.customer_id);
    expect(await desk.api('GET', `/api/customers/${again.customer_id}`)).toMatchObject({ phone: from });
    expect(await desk.api('GET', `/api/customers/${call.customer_id}`)).toMatchObject({
      phone: null,
      name: null,
      email: null,
    });
    await expect(
      desk.api('POST', `/api/customers/${call.customer_id}/erasure`, { reason: 'objection' }),
    ).rejects.toThrow('already-erased');
    await expect(desk.api('POST', `/api/calls/${call.id}/refresh`)).rejects.toThrow('call-erased');
  });
});

describe('a legal hold', () => {
  it('keeps a person until it is released', async () => {
    const call = await desk.settled(
      await desk.play({ from: newCaller(), wish: { booking_requested: false }, transcript: 'User: held' }),
    );
    const path = `/api/customers/${call.customer_id}`;
    await desk.api('POST', `${path}/legal-hold`, { reference: 'case 12/26' });
    await expect(desk.api('POST', `${path}/legal-hold`, { reference: 'x' })).rejects.toThrow('hold-stands');
    await expect(desk.api('POST', `${path}/erasure`, { reason: 'objection' })).rejects.toThrow('legal-hold');
    await desk.api('DELETE', `${path}/legal-hold`);
    await expect(desk.api('DELETE', `${path}/legal-hold`)).rejects.toThrow('404');
    expect(await erase(path, 'objection')).toMatchObject({ status: 'erased' });
    await expect(desk.api('POST', `${path}/legal-hold`, { reference: 'x' })).rejects.toThrow('person-erased');
  });

  it('that comes between a request and its beginning comes first', async () => {
    const call = await desk.settled(
      await desk.play({ from: newCaller(), wish: { booking_requested: false }, transcript: 'User: meant' }),
    );
    const { db } = desk.deps;
    const subject = (await findSubject(db, 'customer', null, call.customer_id!))!;
    const asked = { id: randomUUID(), reason: 'objection', by: 'operator' };
    const id = await fileErasure(db, subject, subject.personId!, asked);
    await placeHold(db, subject, subject.personId!, { reference: 'case 13/26', by: 'operator' });
    await desk.deps.starter.start(erasureStart({ erasureId: id, companyId: subject.companyId }));
    const run = env.client.workflow.getHandle(erasureWorkflowId(id));
    expect(await run.result()).toEqual({ status: 'held' });
    expect(await desk.api('GET', `/api/erasures/${id}`)).toMatchObject({ status: 'held', found: {} });
    expect(await desk.api('GET', `/api/calls/${call.id}`)).toMatchObject({ transcript: 'User: meant' });
    await recordHistory(desk, erasureWorkflowId(id), 'erasure-held');
  });
});

describe('a request that cannot be', () => {
  it('is answered with what is wrong with it', async () => {
    const nobody = `/api/customers/${randomUUID()}`;
    await expect(desk.api('POST', `${nobody}/erasure`, { reason: 'objection' })).rejects.toThrow('404');
    await expect(desk.api('POST', `${nobody}/erasure`, { reason: 'because' })).rejects.toThrow(/reason/);
    await expect(desk.api('GET', `/api/erasures/${randomUUID()}`)).rejects.toThrow('404');
  });
});

describe('a word to opt out', () => {
  it('is carried out before its text goes', async () => {
    const from = newCaller();
    const call = await desk.settled(
      await desk.play({ from, wish: { booking_requested: false }, transcript: 'User: stop' }),
    );
    const { db, vault } = desk.deps;
    const { id: eventId } = await db
      .insertInto('inbox_events')
      .values({
        source: 'twilio',
        event_key: randomUUID(),
        event_type: 'reply.stop',
        entity: inboundMessageEntity('pair'),
        about: senderOf(vault, from),
        company_id: null,
        body_sealed: vault.seal('inbox', from),
        last_error: null,
        request_id: 'test',
        trace_parent: null,
        next_attempt_at: new Date(Date.now() + 3_600_000),
        done_at: null,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const read = () =>
      db
        .selectFrom('inbox_events')
        .where('id', '=', eventId)
        .select(['body_sealed', 'entity', 'about'])
        .executeTakeFirstOrThrow();
    const erased = erase(`/api/customers/${call.customer_id}`);
    await eventually('the key to go', async () => {
      const key = await db.selectFrom('person_keys').where('id', '=', call.person_id!).execute();
      return key.length === 0 ? true : undefined;
    });
    expect((await read()).body_sealed.length).toBeGreaterThan(0);
    await db.updateTable('inbox_events').set({ status: 'done' }).where('id', '=', eventId).execute();
    expect(await erased).toMatchObject({ status: 'erased', found: { inbox_events: expect.any(Number) } });
    expect(await read()).toEqual({ body_sealed: Buffer.alloc(0), entity: null, about: null });
  });
});

describe('a run that broke off', () => {
  it('is started again by asking once more, also when the key is gone', async () => {
    const call = await desk.settled(
      await desk.play({ from: newCaller(), wish: { booking_requested: false }, transcript: 'User: off' }),
    );
    const path = `/api/customers/${call.customer_id}`;
    await desk.fault({ vendor: 'retell', operation: 'calls.delete', mode: 'before' });
    const { id } = await desk.api('POST', `${path}/erasure`, { reason: 'objection' });
    await eventually('the key to go', async () =>
      (await desk.api('GET', `/api/erasures/${id}`)).keyDestroyedAt ? true : undefined,
    );
    await env.client.workflow.getHandle(erasureWorkflowId(String(id))).terminate();
    await desk.clearFaults();
    const proof = await erase(path, 'objection');
    expect(proof).toMatchObject({ id, status: 'erased', remains: [] });
  });
});

describe('a vendor that does not forget', () => {
  it('is named with what it keeps', async () => {
    const call = await desk.settled(
      await desk.play({ from: newCaller(), wish: { booking_requested: false }, transcript: 'User: kept' }),
    );
    await desk.fault({ vendor: 'retell', operation: 'calls.delete', mode: 'status', status: 400 });
    const proof = await erase(`/api/customers/${call.customer_id}`);
    expect(proof).toMatchObject({
      status: 'partly-erased',
      remains: [{ vendor: 'retell', what: 'calls', ids: [call.vendor_call_id] }],
    });
    await recordHistory(desk, erasureWorkflowId(String(proof.id)), 'person-partly-erased');
  });

  it('is asked again until it is back, once', async () => {
    const call = await desk.settled(
      await desk.play({ from: newCaller(), wish: { booking_requested: false }, transcript: 'User: late' }),
    );
    await desk.fault({ vendor: 'retell', operation: 'calls.delete', mode: 'executed-then-drop', count: 1 });
    expect(await erase(`/api/customers/${call.customer_id}`)).toMatchObject({
      status: 'erased',
      remains: [],
    });
    const rows = await desk.ledger('retell', 'calls.delete');
    expect(rows.filter((row) => JSON.stringify(row).includes(call.vendor_call_id))).toHaveLength(1);
  });
});
