import { openRequests } from '../../../db/phone-desk/subscription/subscription-requests.ts';
import type { Deps } from '../../../platform/deps.ts';
import { adoptSubscription } from './adopt-subscription.ts';
import { carryOutRequest, giveUpRequest } from './carry-out-request.ts';
import {
  giveUpSubscriptionNotice,
  sendSubscriptionNotice,
  sendSubscriptionNoticesAtOnce,
} from './send-subscription-notice.ts';

/** What the `subscription` chain does to the outside; contents only. */
export function createSubscriptionActivities(deps: Deps) {
  return {
    adoptSubscription: adoptSubscription.bind(null, deps),
    openSubscriptionRequests: (companyId: string) => openRequests(deps.db, companyId),
    carryOutSubscriptionRequest: carryOutRequest.bind(null, deps),
    giveUpSubscriptionRequest: giveUpRequest.bind(null, deps),
    sendSubscriptionNotice: sendSubscriptionNotice.bind(null, deps),
    sendSubscriptionNoticesAtOnce: sendSubscriptionNoticesAtOnce.bind(null, deps),
    giveUpSubscriptionNotice: giveUpSubscriptionNotice.bind(null, deps),
  };
}

export type SubscriptionActivities = ReturnType<typeof createSubscriptionActivities>;
