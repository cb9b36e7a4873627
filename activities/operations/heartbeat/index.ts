import type { Deps } from '../../../platform/deps.ts';
import { beat } from './beat.ts';
import { heartbeatLimits } from './limits.ts';

/** What the `heartbeat` chain does to the outside; contents only. */
export function createHeartbeatActivities(deps: Deps, limits = heartbeatLimits) {
  return {
    beat: () => beat(deps, limits),
    tellOperators: () => deps.alertDelivery.deliver(),
  };
}

export type HeartbeatActivities = ReturnType<typeof createHeartbeatActivities>;
