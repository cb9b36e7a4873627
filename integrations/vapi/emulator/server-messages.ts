import { createHmac } from 'node:crypto';
import type { Vapi } from '@vapi-ai/server-sdk';
import type { EmulatorKit, OutgoingWebhook } from '../../../shared/emulator.ts';
import { yesterdaysMetadata } from '../../answer-plan.ts';
import { type CallRecord, endedReasons, newCall, timeline, visibleCall } from './call.ts';
import type { AuthKind, VapiServer } from './org.ts';

/** The vendor waits twenty seconds; its repeats are configured per server, three are assumed. */
const RETRY_DELAYS_MS = [1_000, 3_000, 9_000];
const TIMEOUT_MS = 20_000;
const DAY_MS = 86_400_000;

function statusUpdate(record: CallRecord, status: Vapi.CallStatus, at: number): object {
  const call = visibleCall(record, at);
  return {
    timestamp: at,
    type: 'status-update',
    status,
    ...(call.endedReason !== undefined && { endedReason: call.endedReason }),
    call,
    customer: call.customer,
  } satisfies Vapi.ServerMessageStatusUpdate;
}

function endOfCallReport(record: CallRecord): object {
  const call = visibleCall(record, record.endedAt);
  return {
    timestamp: record.endedAt,
    type: 'end-of-call-report',
    endedReason: endedReasons[record.course.end],
    ...(call.startedAt !== undefined && { startedAt: call.startedAt }),
    ...(call.endedAt !== undefined && { endedAt: call.endedAt }),
    cost: call.cost ?? 0,
    artifact: call.artifact ?? {},
    analysis: call.analysis ?? {},
    call,
    customer: call.customer,
  } satisfies Vapi.ServerMessageEndOfCallReport;
}

/** The call before this one to the same number, else one that nobody here knows of. */
function callOfYesterday(kit: EmulatorKit, call: CallRecord): CallRecord {
  const earlier = kit
    .collection<CallRecord>('calls')
    .values()
    .findLast(
      ({ id, request }) => request.customer.number === call.request.customer.number && id !== call.id,
    );
  if (earlier) return earlier;
  const overrides = call.request.assistantOverrides ?? {};
  const request = {
    ...call.request,
    assistantOverrides: { ...overrides, metadata: yesterdaysMetadata(overrides.metadata ?? {}) },
  };
  return newCall(kit, request, call.course, call.createdAt - DAY_MS);
}

/** Hands the server messages of a call to the host. */
export function planMessages(kit: EmulatorKit, call: CallRecord, server: VapiServer): void {
  const { course, createdAt, endedAt } = call;
  const send = (about: CallRecord, name: string, message: object, at: number) =>
    kit.deliver({
      operation: 'webhooks.deliver',
      key: `${name}:${about.id}`,
      url: server.url,
      body: JSON.stringify({ message }),
      context: { auth: server.auth },
      delayMs: at - createdAt,
      retryDelaysMs: RETRY_DELAYS_MS,
      timeoutMs: TIMEOUT_MS,
    });
  if (course.reports > 0) {
    // The first webhook of a call is that it rings.
    for (const { status, at } of timeline(call).slice(1)) {
      send(call, `status-update:${status}`, statusUpdate(call, status, at), at);
    }
  }
  if (course.script === 'reports-for-yesterday') {
    const older = callOfYesterday(kit, call);
    send(
      older,
      'end-of-call-report',
      endOfCallReport(older),
      createdAt + Math.floor((endedAt - createdAt) / 2),
    );
  }
  for (let copy = 0; copy < course.reports; copy += 1) {
    send(call, 'end-of-call-report', endOfCallReport(call), endedAt + course.lateMs);
  }
}

/** What proves the sender, by the credential of the server. */
export function messageHeaders(webhook: OutgoingWebhook, secret: string): Record<string, string> {
  const { auth } = webhook.context as { auth: AuthKind };
  const proofs: Record<AuthKind, () => Record<string, string>> = {
    secret: () => ({ 'x-vapi-secret': secret }),
    bearer: () => ({ authorization: `Bearer ${secret}` }),
    hmac: () => ({ 'x-vapi-signature': createHmac('sha256', secret).update(webhook.body).digest('hex') }),
    none: () => ({}),
  };
  return { 'content-type': 'application/json', ...proofs[auth]() };
}
