import { failNotification, readNotification } from '../../../db/phone-desk/notifications.ts';
import type { Deps } from '../../../platform/deps.ts';
import { noteFailure } from '../../../shared/messages/note-failure.ts';
import { mailEffect, smsEffect } from './message-effects.ts';

/**
 * Ends a notification that could not be sent in its time: later it would say the wrong thing. It will not be
 * sent any more, unless it turns out that it was. Throws `EffectUnknown` when that cannot be known.
 */
export async function giveUpNotification(deps: Deps, notificationId: string): Promise<void> {
  const about = await readNotification(deps.db, deps.vault, notificationId);
  const customer = about?.customer;
  if (!about || !customer) return;
  const { phoneE164 } = customer;
  const effect =
    about.channel === 'email'
      ? await mailEffect(deps, about, customer)
      : phoneE164
        ? await smsEffect(deps, about, { ...customer, phoneE164 })
        : null;
  const fail = failNotification.bind(null, deps.db, notificationId);
  const sent = await noteFailure(fail, async () => effect && (await deps.effects.abandon(effect)));
  if (!sent) await fail('failed', 'too-late');
}
