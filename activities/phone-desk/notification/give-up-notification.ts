import { toChannelFacts } from '../../../db/phone-desk/notification/channel-facts.ts';
import { readNotification } from '../../../db/phone-desk/notification/notification-content.ts';
import { failAndSwitch, type NotificationRef } from '../../../db/phone-desk/notification/notifications.ts';
import type { Deps } from '../../../platform/deps.ts';
import { reasonAgainst } from '../../../shared/messages/channels.ts';
import { wasSent } from './withdraw.ts';

/**
 * Ends a notification that could not be sent in its time: later it would say the wrong thing. It will not be
 * sent any more, unless it turns out that it was. A provider that was down for that long is as good as one that
 * refuses: returns the notification that takes over. Throws `EffectUnknown` when nobody can know whether it was sent.
 */
export async function giveUpNotification(
  deps: Deps,
  notificationId: string,
): Promise<NotificationRef | null> {
  const about = await readNotification(deps.db, deps.vault, notificationId);
  const customer = about?.customer;
  if (!about || !customer) return null;
  const factsOf = () => toChannelFacts(about.facts, customer, about.kind);
  const against = reasonAgainst(about.channel, factsOf());
  if (against === null && (await wasSent(deps, { about, customer }))) return null;
  const end = { status: 'failed', reason: 'too-late', optedOut: false } as const;
  return failAndSwitch(deps.db, notificationId, factsOf, end);
}
