import { toChannelFacts } from '../../../db/phone-desk/notification/channel-facts.ts';
import {
  failAndSwitch,
  failNotification,
  type NotificationRef,
} from '../../../db/phone-desk/notification/notifications.ts';
import type { Deps } from '../../../platform/deps.ts';
import { isFailure } from '../../../shared/failures.ts';
import type { ReasonAgainst } from '../../../shared/messages/channels.ts';
import type { Addressed } from './channels/channel.ts';
import { channelPorts } from './channels/ports.ts';

/** Nothing was sent to an address that is not there (any more), and nobody can be asked about it. */
const withoutAddress = new Set<ReasonAgainst>([
  'no-address',
  'no-mobile-number',
  'no-device',
  'not-enabled',
  'no-template',
]);

type Why = { against: ReasonAgainst } | { outdated: string };

/**
 * Takes back a notification that is not to be sent any more: its channel is closed to it (`against`; another channel
 * takes over), or what it says is `outdated`. Had an earlier attempt sent it, it stays sent. Throws `EffectUnknown`
 * when that cannot be known.
 */
export async function withdraw(deps: Deps, addressed: Addressed, why: Why): Promise<NotificationRef | null> {
  const { about, customer } = addressed;
  const against = 'against' in why ? why.against : null;
  if (!(against && withoutAddress.has(against)) && (await wasSent(deps, addressed))) return null;
  if ('outdated' in why) {
    await failNotification(deps.db, about.id, 'skipped', why.outdated);
    return null;
  }
  return failAndSwitch(deps.db, about.id, () => toChannelFacts(about.facts, customer, about.kind), {
    status: 'skipped',
    reason: why.against,
    optedOut: why.against === 'opted-out' || why.against === 'no-reminders',
  });
}

/** Makes sure that it will not be sent any more. True: it had been, which is written on it now. */
export async function wasSent(deps: Deps, addressed: Addressed): Promise<boolean> {
  const effect = await channelPorts[addressed.about.channel].effect(deps, addressed);
  try {
    return (await deps.effects.abandon(effect)) !== null;
  } catch (error) {
    if (isFailure(error, 'EffectUnknown'))
      await failNotification(deps.db, addressed.about.id, 'unknown', 'EffectUnknown');
    throw error;
  }
}
