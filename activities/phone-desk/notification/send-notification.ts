import { toChannelFacts } from '../../../db/phone-desk/notification/channel-facts.ts';
import { readNotification } from '../../../db/phone-desk/notification/notification-content.ts';
import {
  failNotification,
  followerOf,
  holdNotification,
  type NotificationRef,
} from '../../../db/phone-desk/notification/notifications.ts';
import type { Deps } from '../../../platform/deps.ts';
import { failure, findFailure } from '../../../shared/failures.ts';
import { reasonAgainst } from '../../../shared/messages/channels.ts';
import type { Addressed } from './channels/channel.ts';
import { channelPorts } from './channels/ports.ts';
import { noteRefusal } from './note-refusal.ts';
import { timingFor } from './timing-for.ts';
import { withdraw } from './withdraw.ts';

/**
 * Sends one notification on its channel, once. Just before, what has changed since it was filed is looked at: an
 * appointment that has moved on, a customer who has said no, quiet hours. Returns the notification that takes over
 * when this one cannot arrive. Throws `HeldBack` until quiet hours are over, and what the effect ledger throws.
 */
export async function sendNotification(deps: Deps, notificationId: string): Promise<NotificationRef | null> {
  const about = await readNotification(deps.db, deps.vault, notificationId);
  if (!about) throw failure('NotFound', `notification ${notificationId} does not exist`);
  if (about.status === 'sent' || about.status === 'skipped') return null;
  if (about.status === 'failed') return followerOf(deps.db, notificationId);
  const { customer } = about;
  if (!customer) {
    await failNotification(deps.db, notificationId, 'skipped', 'erased');
    return null;
  }
  const addressed: Addressed = { about, customer };
  const against = reasonAgainst(about.channel, toChannelFacts(about.facts, customer, about.kind));
  if (against) return withdraw(deps, addressed, { against });
  if (about.sequence !== about.appointment_sequence)
    return withdraw(deps, addressed, { outdated: 'superseded' });
  const timing = timingFor(addressed, deps.clock());
  if (timing.send === 'never') return withdraw(deps, addressed, { outdated: timing.reason });
  if (timing.send === 'later') {
    await holdNotification(deps.db, notificationId, timing.at);
    const waitMs = timing.at.getTime() - deps.clock().getTime();
    throw failure('HeldBack', 'quiet hours', { retryInMs: waitMs, details: { waitMs } });
  }
  const port = channelPorts[about.channel];
  const perform = await port.prepare(deps, addressed);
  const effect = await port.effect(deps, addressed);
  try {
    await deps.effects.once({ ...effect, perform });
    return null;
  } catch (error) {
    const failed = findFailure(error);
    if (failed?.type === 'EffectUnknown')
      await failNotification(deps.db, notificationId, 'unknown', failed.type);
    const follower = failed?.type === 'VendorRejected' && (await noteRefusal(deps, addressed, failed));
    if (follower) return follower;
    throw error;
  }
}
