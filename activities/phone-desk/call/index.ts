import type { Deps } from '../../../platform/deps.ts';
import { absorbCallEvents } from './absorb-call-events.ts';
import { fetchCall } from './fetch-call.ts';
import { readWish } from './read-wish.ts';
import { readWishWithModel } from './read-wish-with-model.ts';
import { resolveCorrectedWish } from './resolve-corrected-wish.ts';
import { settleCall } from './settle-call.ts';

/** What the `call` chain does to the outside; contents only. */
export function createCallActivities(deps: Deps) {
  return {
    absorbCallEvents: absorbCallEvents.bind(null, deps),
    fetchCall: fetchCall.bind(null, deps),
    readWish: readWish.bind(null, deps),
    readWishWithModel: readWishWithModel.bind(null, deps),
    resolveCorrectedWish: resolveCorrectedWish.bind(null, deps),
    settleCall: settleCall.bind(null, deps),
  };
}

export type CallActivities = ReturnType<typeof createCallActivities>;
