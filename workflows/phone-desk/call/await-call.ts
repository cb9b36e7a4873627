import { isCancellation, proxyActivities } from '@temporalio/workflow';
import type { CallActivities } from '../../../activities/phone-desk/call/index.ts';
import type { News } from '../../lib/news.ts';
import type { ReviewDesk } from '../../lib/review.ts';
import { proxySteps } from '../../lib/steps.ts';
import { databaseStep, providerRead } from '../../policies.ts';
import type { CallInput } from './contract.ts';

const records = proxySteps<CallActivities>(databaseStep);
const provider = proxyActivities<CallActivities>(providerRead);

type CallState = Awaited<ReturnType<CallActivities['absorbCallEvents']>>;
export type KnownCall = Exclude<CallState, { status: 'unroutable' }>;

/** A call that is still going on after so many waits has been lost by its provider. */
const MAX_SILENCES = 3;

/**
 * The call with everything that will be known about it: ended, and analysed if the provider ever does. What
 * does not come in time is fetched. Null: nobody can say whose call it is, and a person gave it up.
 */
export async function awaitCall(input: CallInput, news: News, desk: ReviewDesk): Promise<KnownCall | null> {
  const absorb = () => {
    news.read();
    return records.absorbCallEvents(input);
  };
  let call = await absorb();
  let silences = 0;
  for (;;) {
    if (call.status === 'unroutable') {
      const answer = await desk.ask({
        kind: 'unroutable-call',
        companyId: null,
        entity: input.vendorCallId,
        question: {
          vendor: input.vendor,
          vendorCallId: input.vendorCallId,
          reason: 'no company has this line',
        },
      });
      if (answer?.action !== 'retry') return null;
      call = await absorb();
      continue;
    }
    const complete = call.status === 'analyzed' || !call.connected || call.settledAs !== null;
    if (call.status !== 'ongoing' && complete) return call;
    const waitMs = call.status === 'ongoing' ? call.waits.callEndMs : call.waits.analysisMs;
    const more = await news.wait(waitMs);
    if (!more) await fetchIfPossible(input);
    const next = await absorb();
    // The provider has no analysis either: the conversation itself has to do.
    if (!more && next.status === 'ended') return next;
    if (!more && next.status === 'ongoing' && ++silences === MAX_SILENCES) return next;
    call = next;
  }
}

/** A provider that cannot be asked for an hour knows nothing; the wait goes on with what is known. */
async function fetchIfPossible(input: CallInput): Promise<void> {
  try {
    await provider.fetchCall(input);
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
}
