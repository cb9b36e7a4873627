import { z } from 'zod';
import type { EmulatorAnswer, EmulatorKit } from '../../../shared/emulator.ts';
import { analysisTime, buildOutcome, type CallRecord, keyOf, visibleCall } from './call.ts';
import type { RetellOrg } from './org.ts';
import { callScriptSchema, plannedEvents } from './script.ts';
import { sendEvents } from './webhooks.ts';

/** Body of `POST /retell/_emulator/calls`: an inbound call that has just been made, and how it went. */
export const playSchema = callScriptSchema.extend({
  agent_id: z.string().min(1),
  from_number: z.string(),
  to_number: z.string(),
  /** Where the agent's webhooks go; by default the seeded agent's address. */
  webhook_url: z.url().optional(),
  /** Milliseconds since the epoch; by default the call has just ended. */
  started_at: z.int().optional(),
  metadata: z.unknown().optional(),
});

/**
 * Keeps the played call and hands its webhooks to the host. Faults do not apply: the caller is not a client
 * of the vendor. `base` is where this emulator is reached.
 */
export function playCall(
  kit: EmulatorKit,
  org: RetellOrg,
  input: z.output<typeof playSchema>,
  base: string,
): EmulatorAnswer {
  const { agent_id, from_number, to_number, webhook_url, started_at, metadata, ...script } = input;
  const now = Date.now();
  const agent = org.agent(agent_id);
  const url = webhook_url ?? agent?.webhook_url;
  if (!url) {
    return { status: 400, body: { status: 'error', message: 'No webhook_url, and the agent has none.' } };
  }
  const startedAt = started_at ?? now - script.duration_ms;
  const outcome = buildOutcome(
    kit,
    {
      direction: 'inbound',
      agentId: agent_id,
      agentName: agent?.agent_name,
      agentVersion: agent?.version ?? 0,
      from: from_number,
      to: to_number,
      startedAt,
      metadata,
      recordingsAt: base,
    },
    script,
  );
  // The call is over: whatever the webhooks tell, and when, the API knows its outcome from now on.
  const record: CallRecord = {
    id: outcome.call_id,
    outcome,
    connectedAt: startedAt,
    endedAt: now,
    analyzedAt: analysisTime(script, now),
  };
  const body = visibleCall(record, now);
  kit.record(
    { operation: 'calls.play', key: keyOf(metadata), request: input },
    201,
    { call_id: record.id },
    () => {
      kit.collection<CallRecord>('calls').put(record.id, record);
      sendEvents(kit, outcome, plannedEvents(script), { url, badSignature: script.bad_signature });
    },
  );
  return { status: 201, body };
}
