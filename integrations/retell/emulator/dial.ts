import { z } from 'zod';
import type { EmulatorAnswer, EmulatorKit } from '../../../shared/emulator.ts';
import { answerPlan } from '../../answer-plan.ts';
import { callOfYesterday, scriptOf } from './answers.ts';
import { analysisTime, buildOutcome, type CallParties, type CallRecord, visibleCall } from './call.ts';
import type { RetellOrg } from './org.ts';
import { callScriptSchema, plannedEvents, statusFor } from './script.ts';
import { sendEvents } from './webhooks.ts';

const E164 = /^\+[1-9]\d{1,14}$/;

/** Body of `POST /v2/create-phone-call`. */
export const createPhoneCallSchema = z.looseObject({
  from_number: z.string(),
  to_number: z.string().regex(E164, 'must be a phone number in E.164 format'),
  override_agent_id: z.string().optional(),
  override_agent_version: z.union([z.string(), z.number()]).optional(),
  metadata: z.unknown().optional(),
  retell_llm_dynamic_variables: z.record(z.string(), z.string()).optional(),
  custom_sip_headers: z.record(z.string(), z.string()).optional(),
  ignore_e164_validation: z.boolean().default(false),
});

const refuse = (status: number, message: string): EmulatorAnswer => ({
  status,
  body: { status: 'error', message },
});

/**
 * Registers an outbound call; it then goes by the seeded answer plan, without one by the agent's script. There is
 * no idempotency: asking twice dials twice.
 */
export function dial(
  kit: EmulatorKit,
  org: RetellOrg,
  input: z.output<typeof createPhoneCallSchema>,
): EmulatorAnswer {
  const number = org.number(input.from_number);
  if (!input.ignore_e164_validation && !E164.test(input.from_number)) {
    return refuse(400, 'from_number: must be a phone number in E.164 format');
  }
  if (!number) return refuse(422, 'Cannot find requested asset under given api key.');
  const agentId = input.override_agent_id ?? number.outbound_agent_id;
  if (!agentId) return refuse(400, 'No outbound agent id set up for phone number.');
  const agent = org.agent(agentId);
  if (!agent) return refuse(422, 'Cannot find requested asset under given api key.');

  const now = Date.now();
  const calls = kit.collection<CallRecord>('calls');
  const limit = org.concurrencyLimit();
  if (limit !== undefined && concurrency(calls.values(), now) >= limit) {
    return refuse(429, 'Account rate limited, please throttle your requests.');
  }
  const answers = answerPlan(kit);
  const course = answers.isSeeded() ? answers.next(input.to_number) : null;
  const planned = course && scriptOf(course);
  const script = planned?.script ?? callScriptSchema.parse(agent.outbound);
  const events = plannedEvents(script);
  const at = (event: string) => events.find((entry) => entry.event === event)?.delayMs ?? 0;
  const connectsInMs = course?.ringMs ?? at('call_started');
  const parties: CallParties = {
    direction: 'outbound',
    agentId,
    agentName: agent.agent_name,
    agentVersion: agent.version,
    from: input.from_number,
    to: input.to_number,
    startedAt: now + connectsInMs,
    metadata: input.metadata,
    dynamicVariables: input.retell_llm_dynamic_variables,
  };
  const outcome = buildOutcome(kit, parties, script);
  const record: CallRecord = {
    id: outcome.call_id,
    outcome,
    connectedAt: statusFor(script.disconnection_reason) === 'not_connected' ? null : now + connectsInMs,
    endedAt: now + Math.max(1, planned?.endsInMs ?? at('call_ended')),
    analyzedAt: analysisTime(script, now),
  };
  if (agent.webhook_url) {
    const { webhook_url: url, webhook_events: only } = agent;
    const target = { url, badSignature: script.bad_signature, only };
    if (planned && course.script === 'reports-for-yesterday') {
      const older = callOfYesterday(kit, parties, script);
      sendEvents(kit, older, [{ event: 'call_ended', delayMs: Math.floor(planned.endsInMs / 2) }], target);
    }
    sendEvents(kit, outcome, events, target);
  }
  calls.put(record.id, record);
  // The answer tells of a registered call even when the first webhook leaves at once.
  return { status: 201, body: visibleCall({ ...record, connectedAt: null }, now) };
}

/** Calls that are registered or ongoing at `now`. */
export function concurrency(records: CallRecord[], now: number): number {
  return records.filter(({ endedAt }) => now < endedAt).length;
}
