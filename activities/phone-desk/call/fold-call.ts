import type { CallStatus } from '../../../db/tables/people.ts';
import type { RetellCall } from '../../../integrations/retell/webhook.ts';

const rank: Record<CallStatus, number> = { ongoing: 0, ended: 1, analyzed: 2 };

export interface FoldedCall {
  status: CallStatus;
  call: RetellCall;
}

/** How far one event shows the call to be. A fetched call says so itself. */
function statusOf(eventType: string, call: RetellCall): CallStatus {
  if (eventType === 'call_analyzed') return 'analyzed';
  if (eventType === 'call_ended') return 'ended';
  if (eventType === 'call_started') return 'ongoing';
  if (call.call_analysis) return 'analyzed';
  return call.call_status === 'ongoing' || call.call_status === 'registered' ? 'ongoing' : 'ended';
}

/**
 * The one state that a set of events leads to, whatever their order and however often they came: later
 * phases of the call win, field by field. Null without events.
 */
export function foldCall(events: { eventType: string; call: RetellCall }[]): FoldedCall | null {
  const inPhase = events
    .map((event) => ({ call: event.call, status: statusOf(event.eventType, event.call) }))
    .sort((a, b) => rank[a.status] - rank[b.status]);
  const last = inPhase.at(-1);
  if (!last) return null;
  const known = inPhase.map(({ call }) => Object.entries(call).filter(([, value]) => value != null));
  return { status: last.status, call: Object.fromEntries(known.flat()) as RetellCall };
}
