import { proxyActivities } from '@temporalio/workflow';
import type { CallActivities } from '../../../activities/phone-desk/call/index.ts';
import { isFailure } from '../../../shared/failures.ts';
import type { ReviewDesk } from '../../lib/review.ts';
import { proxySteps } from '../../lib/steps.ts';
import { databaseStep, modelRead } from '../../policies.ts';
import type { KnownCall } from './await-call.ts';
import type { CallOutcome } from './contract.ts';

const records = proxySteps<CallActivities>(databaseStep);
const model = proxyActivities<CallActivities>(modelRead);

type WishReading = Awaited<ReturnType<CallActivities['readWishWithModel']>>;
type Slot = Extract<WishReading, { kind: 'slot' }>['slot'];

export type Understanding =
  | { kind: 'slot'; slot: Slot }
  | { kind: 'no-such-time'; nearest: Slot }
  | { kind: 'settled'; outcome: CallOutcome; reason: string };

/** What the caller wants: structured analysis first, then a language model, then a person. */
export async function understandWish(call: KnownCall, desk: ReviewDesk): Promise<Understanding> {
  let reading = await readWish(call);
  for (;;) {
    switch (reading.kind) {
      case 'slot':
      case 'no-such-time':
        return reading;
      case 'none':
        return { kind: 'settled', outcome: 'no-wish', reason: 'the caller asked for no appointment' };
      case 'change-request':
        return handOver(call, desk);
      case 'unclear': {
        const answer = await desk.ask({
          kind: 'ambiguous-wish',
          companyId: call.companyId,
          entity: call.callId,
          question: { callId: call.callId, reasons: reading.reasons },
        });
        if (!answer) return { kind: 'settled', outcome: 'review-expired', reason: 'nobody read the call' };
        if (!answer.wish) return { kind: 'settled', outcome: 'dismissed', reason: 'a person saw no booking' };
        reading = await records.resolveCorrectedWish(call.callId, answer.wish);
      }
    }
  }
}

async function readWish({ callId, reading }: KnownCall): Promise<WishReading> {
  const first = reading ?? (await records.readWish(callId));
  if (first.kind !== 'needs-model') return first;
  try {
    return await model.readWishWithModel(callId);
  } catch (error) {
    const reason = isFailure(error, 'VendorRejected') ? 'model-refused' : 'model-unavailable';
    return { kind: 'unclear', reasons: [reason] };
  }
}

/** A caller who wants an existing appointment changed is called back by a person. */
async function handOver(call: KnownCall, desk: ReviewDesk): Promise<Understanding> {
  const answer = await desk.ask({
    kind: 'change-request',
    companyId: call.companyId,
    entity: call.callId,
    question: { callId: call.callId },
  });
  return answer
    ? { kind: 'settled', outcome: 'handed-to-person', reason: `a person marked it ${answer.action}` }
    : { kind: 'settled', outcome: 'review-expired', reason: 'nobody took the change request' };
}
