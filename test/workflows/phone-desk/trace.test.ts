import { randomBytes } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Retell } from 'retell-sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPhoneDesk, type PhoneDesk } from '../../support/phone-desk.ts';
import { appointmentsOf, runOf } from '../../support/stories.ts';
import { connectTemporal } from '../../support/temporal.ts';
import { haircut, newCaller, workingDay } from '../../support/wishes.ts';

let env: TestWorkflowEnvironment;
let desk: PhoneDesk;

beforeAll(async () => {
  env = await connectTemporal();
  desk = await openPhoneDesk(env);
});
afterAll(async () => {
  await desk?.close();
  await env?.teardown();
});

/** A call that the provider keeps to itself, and its last webhook, posted with these headers. */
async function callWith(time: string, headers: Record<string, string>): Promise<string> {
  const callId = await desk.play({
    from: newCaller(),
    wish: haircut(workingDay(0), time),
    script: { events: [], analysis_delay_ms: 0 },
  });
  const { RETELL_API_KEY, RETELL_BASE_URL } = desk.deps.env;
  const answer = await fetch(`${RETELL_BASE_URL}/v2/get-call/${callId}`, {
    headers: { authorization: `Bearer ${RETELL_API_KEY}` },
  });
  const body = JSON.stringify({ event: 'call_analyzed', call: await answer.json() });
  const signature = await Retell.sign(body, RETELL_API_KEY);
  const response = await fetch(`${desk.apiUrl}/api/webhooks/retell`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-retell-signature': signature, ...headers },
    body,
  });
  expect(response.status).toBe(204);
  return callId;
}

/** The trace ids of everything that was done outside for a call that was booked, by operation. */
async function tracesOf(callId: string): Promise<Record<string, string | null>> {
  const call = await desk.settled(callId);
  expect(call.outcome).toBe('booked');
  const [appointment] = await appointmentsOf(desk, call.id);
  const effects = await desk.deps.db
    .selectFrom('effects')
    .where('entity', '=', appointment!.id)
    .select(['vendor', 'operation', 'trace_id'])
    .execute();
  return Object.fromEntries(effects.map((row) => [`${row.vendor} ${row.operation}`, row.trace_id]));
}

const everywhere = (traceId: string | undefined) => ({
  'calcom slots.reserve': traceId,
  'calcom bookings.create': traceId,
  'smtp mail.deliver': traceId,
  'twilio messages.create': traceId,
});

it('carries the trace of a webhook to every effect of its call, and of no other', async () => {
  const traceIds = [randomBytes(16).toString('hex'), randomBytes(16).toString('hex')] as const;
  const [first, second] = await Promise.all([
    callWith('10:00', { traceparent: `00-${traceIds[0]}-00f067aa0ba902b7-01` }),
    callWith('12:00', { traceparent: `00-${traceIds[1]}-00f067aa0ba902b7-01` }),
  ]);
  for (const [callId, traceId] of [
    [first, traceIds[0]],
    [second, traceIds[1]],
  ] as const) {
    expect(await tracesOf(callId)).toEqual(everywhere(traceId));
  }
});

it('makes a trace where the webhook brings none', async () => {
  const callId = await callWith('14:00', {});
  const { trace_parent } = await desk.deps.db
    .selectFrom('inbox_events')
    .where('entity', '=', runOf(callId))
    .select('trace_parent')
    .executeTakeFirstOrThrow();
  const traceId = /^00-([0-9a-f]{32})-/.exec(trace_parent ?? '')?.[1];
  expect(traceId).toBeDefined();
  expect(await tracesOf(callId)).toEqual(everywhere(traceId));
});
