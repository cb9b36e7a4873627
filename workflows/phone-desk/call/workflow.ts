import {
  allHandlersFinished,
  CancellationScope,
  CancelledFailure,
  condition,
  isCancellation,
  setHandler,
  uuid4,
} from '@temporalio/workflow';
import type { BookingActivities } from '../../../activities/phone-desk/booking/index.ts';
import type { CallActivities } from '../../../activities/phone-desk/call/index.ts';
import type { WorkflowStart } from '../../../shared/workflow-start.ts';
import { News } from '../../lib/news.ts';
import { ReviewDesk } from '../../lib/review.ts';
import { proxySteps } from '../../lib/steps.ts';
import { databaseStep } from '../../policies.ts';
import { bookSlot } from '../booking/workflow.ts';
import { awaitCall, type KnownCall } from './await-call.ts';
import {
  type CallInput,
  type CallOutcome,
  type CallProgress,
  type CallResult,
  callEventSignal,
  callProgressQuery,
} from './contract.ts';
import { type Understanding, understandWish } from './understand-wish.ts';

const records = proxySteps<CallActivities>(databaseStep);
const bookings = proxySteps<BookingActivities>(databaseStep);

interface Ending {
  outcome: CallOutcome;
  appointmentId?: string;
  detail: Record<string, unknown>;
  /** The life of the appointment that was booked; started when the call is settled. */
  next?: WorkflowStart | null;
}

/** From a call at the desk to its outcome: a confirmed appointment, alternatives, or a person's decision. */
export async function callBooking(input: CallInput): Promise<CallResult> {
  const progress: CallProgress = { step: 'waiting for the call to end', outcome: null };
  const news = new News();
  const desk = new ReviewDesk();
  setHandler(callEventSignal, () => news.arrived());
  setHandler(callProgressQuery, () => progress);

  let call: KnownCall | null = null;
  let ending: Ending;
  try {
    call = await awaitCall(input, news, desk);
    if (!call) ending = { outcome: 'unroutable', detail: {} };
    else if (call.settledAs) ending = { outcome: 'already-settled', detail: {} };
    else if (call.status === 'ongoing') ending = { outcome: 'call-lost', detail: {} };
    else if (!call.connected) ending = { outcome: 'not-connected', detail: {} };
    else {
      progress.step = 'reading the wish';
      const wish = await understandWish(call, desk);
      progress.step = 'booking';
      ending = await fulfil(wish, call, desk);
    }
  } catch (error) {
    if (!isCancellation(error)) throw error;
    ending = { outcome: 'cancelled', detail: {} };
  }
  await CancellationScope.nonCancellable(() => settle(call, ending));
  progress.step = 'settled';
  progress.outcome = ending.outcome;
  await condition(allHandlersFinished);
  if (ending.outcome === 'cancelled') throw new CancelledFailure('the call was cancelled');
  return { outcome: ending.outcome, appointmentId: ending.appointmentId ?? null };
}

async function fulfil(wish: Understanding, call: KnownCall, desk: ReviewDesk): Promise<Ending> {
  if (wish.kind === 'settled') return { outcome: wish.outcome, detail: { reason: wish.reason } };
  const { companyId, customerId, callId } = call;
  if (wish.kind === 'no-such-time') {
    const alternatives = await bookings.findAlternatives({ companyId, ...wish.nearest });
    return { outcome: 'alternatives-offered', detail: { reason: 'no-such-local-time', alternatives } };
  }
  for (;;) {
    const appointmentId = uuid4();
    const { result, next } = await bookSlot({
      appointmentId,
      companyId,
      customerId,
      callId,
      source: 'call',
      ...wish.slot,
    });
    switch (result.status) {
      case 'booked':
        return {
          outcome: 'booked',
          appointmentId,
          detail: { appointmentId, startsAt: result.startsAt },
          next,
        };
      case 'slot-lost':
        return alternativesOffered('taken', result.alternatives);
      case 'not-available':
        // There is nothing to offer: somebody has to tell the caller, or books once the company has paid.
        if (result.reason === 'no-subscription') {
          const ending = await askAPerson(call, desk, result);
          if (!ending) continue;
          return ending;
        }
        return alternativesOffered(result.reason, result.alternatives);
      case 'cancelled':
        return { outcome: 'cancelled', detail: {} };
      case 'invalid':
      case 'calendar-refused':
      case 'calendar-unavailable': {
        const ending = await askAPerson(call, desk, result);
        if (!ending) continue;
        return ending;
      }
    }
  }
}

/** A person decides about a booking that did not come about; null: it is tried once more. */
async function askAPerson(
  { companyId, callId }: KnownCall,
  desk: ReviewDesk,
  { status, reason }: { status: string; reason: string },
): Promise<Ending | null> {
  const question = { callId, status, reason };
  const answer = await desk.ask({ kind: 'booking-failed', companyId, entity: callId, question });
  if (answer?.action === 'retry') return null;
  return { outcome: answer ? 'dismissed' : 'review-expired', detail: { status, reason } };
}

function alternativesOffered(reason: string, alternatives: { startsAt: string; staffId: string }[]): Ending {
  return { outcome: 'alternatives-offered', detail: { reason, alternatives } };
}

async function settle(call: KnownCall | null, { outcome, detail, next }: Ending): Promise<void> {
  if (call && outcome !== 'already-settled')
    await records.settleCall({ callId: call.callId, outcome, detail, ...(next ? { next } : {}) });
}
