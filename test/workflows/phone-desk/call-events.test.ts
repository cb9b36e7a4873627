import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPhoneDesk, type PhoneDesk } from '../../support/phone-desk.ts';
import { appointmentsOf, bookedAtCalendar, recordHistory, runOf } from '../../support/stories.ts';
import { connectTemporal } from '../../support/temporal.ts';
import { eventually } from '../../support/test-bed.ts';
import { haircut, newCaller, workingDay } from '../../support/wishes.ts';

let env: TestWorkflowEnvironment;
let desk: PhoneDesk;

beforeAll(async () => {
  env = await connectTemporal();
  desk = await openPhoneDesk(env, { settings: { CALL_ANALYSIS_WAIT_MS: '500', CALL_END_WAIT_MS: '500' } });
});
afterAll(async () => {
  await desk?.close();
  await env?.teardown();
});

const started = 'call_started';
const ended = 'call_ended';
const analyzed = 'call_analyzed';

/** Waits until every event that came for the call was handed over and the run that read it is closed. */
async function quiet(vendorCallId: string, events: number): Promise<void> {
  await eventually(`${events} events to be handed over`, async () => {
    const { rows } = await desk.deps.pool.query<{ done: number }>(
      `SELECT count(*)::int AS done FROM inbox_events WHERE entity = $1 AND status = 'done'`,
      [runOf(vendorCallId)],
    );
    return rows[0]!.done >= events ? true : undefined;
  });
  await env.client.workflow.getHandle(runOf(vendorCallId)).result();
}

/** What a call's row says, without what differs between two calls anyway. */
async function rowOf(vendorCallId: string) {
  const { status, outcome, direction, agent_id, duration_ms, disconnection_reason } =
    await desk.settled(vendorCallId);
  return { status, outcome, direction, agent_id, duration_ms, disconnection_reason };
}

const complete = {
  status: 'analyzed',
  outcome: 'booked',
  direction: 'inbound',
  agent_id: 'agent_lindgruen_desk',
  duration_ms: 60_000,
  disconnection_reason: 'user_hangup',
};

describe('the webhooks of a call lead to the same row and one booking', () => {
  const orders: [string, string[], string][] = [
    ['in the vendor’s order', [started, ended, analyzed], '10:00'],
    ['with the analysis before the end', [started, analyzed, ended], '11:00'],
    ['with the start in the middle', [ended, started, analyzed], '12:00'],
    ['with the start at last', [ended, analyzed, started], '14:00'],
    ['with the analysis first', [analyzed, started, ended], '15:00'],
    ['backwards', [analyzed, ended, started], '16:00'],
    ['each one twice', [started, started, ended, ended, analyzed, analyzed], '10:00'],
    ['all of it twice', [started, ended, analyzed, started, ended, analyzed], '11:00'],
    ['without the start', [ended, analyzed], '12:00'],
    ['with nothing but the analysis', [analyzed], '14:00'],
  ];
  it.for(orders)('%s', async ([, events, time]) => {
    const callId = await desk.play({
      from: newCaller(),
      wish: haircut(workingDay(0), time),
      script: { events, gaps_ms: 40 },
    });
    const call = await desk.settled(callId);
    await quiet(callId, new Set(events).size);
    expect(await rowOf(callId)).toEqual(complete);
    expect(await appointmentsOf(desk, call.id)).toHaveLength(1);
    expect(await bookedAtCalendar(desk, call.id)).toHaveLength(1);
  });

  it('when one comes long after the call was settled, which is filed and changes nothing', async () => {
    const callId = await desk.play({
      from: newCaller(),
      wish: haircut(workingDay(1), '10:00'),
      script: { events: [ended, analyzed, started], gaps_ms: [0, 0, 2_500] },
    });
    const call = await desk.settled(callId);
    expect(call.outcome).toBe('booked');
    await quiet(callId, 3);
    const result = await env.client.workflow.getHandle(runOf(callId)).result();
    expect(result).toEqual({ outcome: 'already-settled', appointmentId: null });
    expect(await rowOf(callId)).toEqual(complete);
    expect(await bookedAtCalendar(desk, call.id)).toHaveLength(1);
  });
});

describe('what does not come is fetched from the provider', () => {
  it('the analysis, when only the API has it', async () => {
    const callId = await desk.play({
      from: newCaller(),
      wish: haircut(workingDay(1), '12:00'),
      script: { events: [started, ended], analysis_available: 'api', analysis_delay_ms: 0 },
    });
    expect(await rowOf(callId)).toEqual(complete);
  });

  it('the end, when only the start was told', async () => {
    const callId = await desk.play({
      from: newCaller(),
      wish: haircut(workingDay(1), '14:00'),
      script: { events: [started] },
    });
    expect(await rowOf(callId)).toEqual(complete);
  });

  it('and without any analysis the conversation is read', async () => {
    const day = workingDay(1);
    const callId = await desk.play({
      from: newCaller(),
      transcript: `Agent: Salon Lindgrün, hello?\nUser: I would like to book a haircut on ${day} at 16:00, please.`,
      script: { analysis_available: 'never' },
    });
    expect(await rowOf(callId)).toEqual({ ...complete, status: 'ended' });
    await recordHistory(desk, runOf(callId), 'no-analysis');
  });

  it('and a call of which nobody ever hears again is closed as lost', async () => {
    await desk.fault({ vendor: 'retell', operation: 'calls.get', mode: 'status', status: 404 });
    const callId = await desk.play({ from: newCaller(), script: { events: [started] } });
    expect(await desk.settled(callId)).toMatchObject({ status: 'ongoing', outcome: 'call-lost' });
    await desk.clearFaults();
  });
});

describe('a late event about a call whose caller was erased', () => {
  const people = async () => {
    const { rows } = await desk.deps.pool.query(
      'SELECT (SELECT count(*) FROM customers) AS customers, (SELECT count(*) FROM person_keys) AS keys',
    );
    return rows[0];
  };

  /** As an erasure leaves it. */
  async function erase(call: { id: string; customer_id: string | null }) {
    const { db } = desk.deps;
    await db
      .updateTable('calls')
      .set({ erased_at: new Date(), transcript_sealed: null, person_id: null, customer_id: null })
      .where('id', '=', call.id)
      .execute();
    await db
      .updateTable('customers')
      .set({ phone_index: null, phone_sealed: null, person_id: null })
      .where('id', '=', call.customer_id)
      .execute();
  }

  it('makes nobody anew and writes nothing down, whether its body is kept or not', async () => {
    const callId = await desk.play({ from: newCaller(), wish: { booking_requested: false } });
    const call = await desk.settled(callId);
    await erase(call);
    const before = await people();
    const events = await desk.deps.db
      .selectFrom('inbox_events')
      .where('entity', '=', runOf(callId))
      .select(['id', 'attempts'])
      .execute();
    for (const body of ['kept', 'blank']) {
      if (body === 'blank') {
        await desk.deps.pool.query(`UPDATE inbox_events SET body_sealed = '' WHERE entity = $1`, [
          runOf(callId),
        ]);
      }
      await desk.deps.db
        .updateTable('inbox_events')
        .set({ status: 'ignored' })
        .where('id', '=', events[0]!.id)
        .execute();
      await desk.api('POST', `/api/inbox-events/${events[0]!.id}/replay`);
      await quiet(callId, events.length);
      expect(await env.client.workflow.getHandle(runOf(callId)).result()).toMatchObject({
        outcome: 'already-settled',
      });
      expect(await people()).toEqual(before);
      const row = await desk.deps.db
        .selectFrom('calls')
        .where('id', '=', call.id)
        .selectAll()
        .executeTakeFirst();
      expect(row).toMatchObject({ transcript_sealed: null, person_id: null, outcome: call.outcome });
    }
    await expect(desk.api('GET', `/api/inbox-events/${events[0]!.id}/body`)).rejects.toThrow('body-erased');
    await expect(desk.api('POST', `/api/calls/${call.id}/refresh`)).rejects.toThrow('call-erased');
  });
});
