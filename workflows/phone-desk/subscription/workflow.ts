import {
  allHandlersFinished,
  condition,
  continueAsNew,
  isCancellation,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { SubscriptionActivities } from '../../../activities/phone-desk/subscription/index.ts';
import { proxyEffects } from '../../lib/effects.ts';
import { createMessenger } from '../../lib/messenger.ts';
import { News } from '../../lib/news.ts';
import { ReviewDesk } from '../../lib/review.ts';
import { proxySteps } from '../../lib/steps.ts';
import {
  billingEffect,
  billingRead,
  databaseStep,
  effectFirstTry,
  messageEffect,
  undoEffect,
} from '../../policies.ts';
import { type SubscriptionInput, type SubscriptionResult, subscriptionNewsSignal } from './contract.ts';

const records = proxySteps<SubscriptionActivities>(databaseStep);
const stripe = proxyActivities<SubscriptionActivities>(billingRead);
const asked = proxyEffects<SubscriptionActivities>(billingEffect);
const first = proxySteps<SubscriptionActivities>(effectFirstTry);
const patient = proxyActivities<SubscriptionActivities>(messageEffect);
const undo = proxyActivities<SubscriptionActivities>(undoEffect);

const messenger = createMessenger({
  atOnce: (messages) => first.sendSubscriptionNoticesAtOnce(messages),
  // A company is told by mail alone: nothing takes over from a notice that cannot arrive.
  oneAtOnce: ({ id }) => first.sendSubscriptionNotice(id).then(() => null),
  patiently: ({ id }) => patient.sendSubscriptionNotice(id).then(() => null),
  giveUp: ({ id }) => undo.giveUpSubscriptionNotice(id).then(() => null),
});

/**
 * What a company pays, from its first subscription to the end. A webhook only says that there is something new: the
 * account is read at Stripe as it stands, so that the order, the number and the loss of events mean nothing. What was
 * asked for (a cancellation, a refund) is carried out first; what the company must know is mailed.
 */
export async function subscription({ companyId }: SubscriptionInput): Promise<SubscriptionResult> {
  const news = new News();
  const desk = new ReviewDesk();
  setHandler(subscriptionNewsSignal, () => news.arrived());
  const told: Told = { ids: new Set(), underWay: new Set() };

  for (;;) {
    news.read();
    await carryOut(companyId);
    const { standing, notices, lookAgainInMs } = await stripe.adoptSubscription(companyId);
    await tell(companyId, desk, notices, told);
    if (standing !== 'runs' && !news.unread) {
      await condition(() => told.underWay.size === 0 || news.unread);
      if (news.unread) continue;
      await condition(allHandlersFinished);
      return { status: standing === 'over' ? 'ended' : standing };
    }
    if (workflowInfo().continueAsNewSuggested && told.underWay.size === 0 && !news.unread) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof subscription>({ companyId });
    }
    await news.wait(lookAgainInMs);
  }
}

/** Notices that this run has taken on, and those that are still under way. */
interface Told {
  ids: Set<string>;
  underWay: Set<Promise<void>>;
}

/** What was asked for, one after the other; what finds no answer in time is ended, not forgotten. */
async function carryOut(companyId: string): Promise<void> {
  for (const requestId of await records.openSubscriptionRequests(companyId)) {
    try {
      await asked.carryOutSubscriptionRequest(requestId);
    } catch (error) {
      if (isCancellation(error)) throw error;
      await undo.giveUpSubscriptionRequest(requestId);
    }
  }
}

/** Sends what is filed; what one try does not settle is brought to its end beside everything else. */
async function tell(companyId: string, desk: ReviewDesk, notices: string[], told: Told): Promise<void> {
  const fresh = notices.filter((id) => !told.ids.has(id));
  for (const id of fresh) told.ids.add(id);
  const unsettled = await messenger.send(fresh.map((id) => ({ id, channel: 'email' })));
  for (const message of unsettled) {
    const { id } = message;
    const question = { effectKey: `subscription-notice:${id}`, channel: 'email', noticeId: id };
    const settled = messenger
      .settle(desk, message, () => ({ companyId, entity: id, question }))
      .finally(() => told.underWay.delete(settled));
    told.underWay.add(settled);
  }
}
