import { Context } from '@temporalio/activity';
import {
  CallErasedError,
  findCompanyByLine,
  findCustomerOfCall,
  findErasedCall,
  readCallEvents,
  saveCall,
} from '../../../db/phone-desk/call/call-events.ts';
import { findOrCreateCustomer } from '../../../db/phone-desk/people.ts';
import type { RetellCall } from '../../../integrations/retell/webhook.ts';
import type { Deps } from '../../../platform/deps.ts';
import { callWorkflowId } from '../../../shared/ids.ts';
import { parsePhone } from '../../../shared/phone.ts';
import type { CallInput, CallOutcome } from '../../../workflows/phone-desk/call/contract.ts';
import { foldCall } from './fold-call.ts';
import { type FirstReading, readWish } from './read-wish.ts';

/** What the workflow needs to know of the call; ids only. */
export type CallState = { waits: Waits } & ({ status: 'unroutable' } | AbsorbedCall);

interface AbsorbedCall {
  status: 'ongoing' | 'ended' | 'analyzed';
  callId: string;
  companyId: string;
  customerId: string;
  connected: boolean;
  /** How an earlier run settled the call. */
  settledAs: CallOutcome | null;
  /** The wish, read at once when the provider's analysis is there. */
  reading: FirstReading | null;
}

/** How long the workflow waits for what, from the settings. */
export interface Waits {
  callEndMs: number;
  analysisMs: number;
}

/** Disconnection reasons of calls in which nobody spoke (Retell: `not_connected`). */
const notConnected = /^(dial_|invalid_destination|telephony_|sip_routing_error|registered_call_timeout)/;

/**
 * Extracts the call from everything in the inbox about it, and finds or makes its customer. Reading all
 * events each time makes order and repetition meaningless. A call that is complete is read at once: nothing
 * waits between the two.
 */
export async function absorbCallEvents(deps: Deps, input: CallInput): Promise<CallState> {
  const waits = {
    callEndMs: deps.env.CALL_END_WAIT_MS,
    analysisMs: deps.env.CALL_ANALYSIS_WAIT_MS,
  };
  try {
    const absorbed = await absorb(deps, input);
    return { waits, ...(absorbed ?? (await erasedCall(deps, input)) ?? { status: 'unroutable' }) };
  } catch (error) {
    if (!(error instanceof CallErasedError)) throw error;
    return { waits, ...((await erasedCall(deps, input)) ?? { status: 'unroutable' }) };
  }
}

/** Whose call it was is forgotten: it is settled, and what still comes in about it changes nothing. */
async function erasedCall(deps: Deps, { vendor, vendorCallId }: CallInput): Promise<AbsorbedCall | null> {
  const call = await findErasedCall(deps.db, vendor, vendorCallId);
  return call
    ? {
        status: 'ended',
        callId: call.id,
        companyId: call.company_id,
        customerId: '',
        connected: false,
        settledAs: (call.outcome ?? 'cancelled') as CallOutcome,
        reading: null,
      }
    : null;
}

/** Null: nothing is known of it, or no company has its line. */
async function absorb(deps: Deps, { vendor, vendorCallId }: CallInput): Promise<AbsorbedCall | null> {
  const { runId } = Context.current().info.workflowExecution!;
  const entity = callWorkflowId(vendor, vendorCallId);
  const events = await readCallEvents(deps.db, deps.vault, entity);
  const folded = foldCall(
    events.map(({ eventType, body }) => ({ eventType, call: deps.retell.readEvent(body).call })),
  );
  if (!folded) return null;
  const { call, status } = folded;
  const inbound = call.direction !== 'outbound';
  const ourNumber = inbound ? call.to_number : call.from_number;
  const company = await findCompanyByLine(deps.db, call.agent_id ?? null, ourNumber ?? null);
  if (!company?.active) return null;

  const saved = await deps.db.transaction().execute(async (trx) => {
    const theirNumber = inbound ? call.from_number : call.to_number;
    const phone = parsePhone(theirNumber, company.country);
    const earlier = phone ? undefined : await findCustomerOfCall(trx, deps.vault, vendor, vendorCallId);
    const customer =
      earlier ??
      (await findOrCreateCustomer(trx, deps.vault, {
        companyId: company.id,
        phoneE164: phone?.e164 ?? null,
        phoneIsMobile: phone?.mobile ?? false,
        name: saidText(call, 'customer_name', 200),
        email: saidEmail(call),
        timeZone: company.time_zone,
        locale: company.locale,
      }));
    const row = await saveCall(trx, {
      companyId: company.id,
      customer,
      vendor,
      vendorCallId,
      agentId: call.agent_id ?? '',
      direction: inbound ? 'inbound' : 'outbound',
      status,
      disconnectionReason: call.disconnection_reason ?? null,
      startedAt: toDate(call.start_timestamp),
      endedAt: toDate(call.end_timestamp),
      durationMs: call.duration_ms ?? null,
      fromNumber: theirNumber ?? null,
      transcript: call.transcript ?? null,
      analysis: call.call_analysis ? JSON.stringify(call.call_analysis) : null,
      recordingUrl: call.recording_url ?? null,
      refreshDueAt: new Date(deps.clock().getTime() + deps.env.CALL_REFRESH_DELAY_MS),
    });
    return { ...row, customerId: customer.customerId };
  });
  const connected =
    call.call_status !== 'not_connected' && !notConnected.test(call.disconnection_reason ?? '');
  const settledAs = saved.settled_by === runId ? null : (saved.outcome as CallOutcome | null);
  const complete = status === 'analyzed' && connected && settledAs === null;
  return {
    status,
    callId: saved.id,
    companyId: company.id,
    customerId: saved.customerId,
    connected,
    settledAs,
    reading: complete ? await readWish(deps, saved.id) : null,
  };
}

const toDate = (epochMs: number | null | undefined) => (epochMs == null ? null : new Date(epochMs));

function saidText(call: RetellCall, field: string, maxLength: number): string | null {
  const value = call.call_analysis?.custom_analysis_data?.[field];
  const text = typeof value === 'string' ? value.trim() : '';
  return text === '' ? null : text.slice(0, maxLength);
}

function saidEmail(call: RetellCall): string | null {
  const text = saidText(call, 'customer_email', 254);
  return text && /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/.test(text) ? text : null;
}
