import type { NotificationActivities } from '../../activities/phone-desk/notification/index.ts';
import { isFailure } from '../../shared/failures.ts';
import { messageEffect } from '../policies.ts';
import { proxyEffects } from './effects.ts';

const messages = proxyEffects<NotificationActivities>(messageEffect);

interface Notification {
  id: string;
  channel: 'email' | 'sms';
}

/**
 * Sends notifications, each channel on its own: a failed SMS never repeats or stops the mail. What could
 * not be sent is written on its row. Returns those whose outcome nobody knows.
 */
export async function sendNotifications(notifications: Notification[]): Promise<Notification[]> {
  const unknown: Notification[] = [];
  await Promise.all(
    notifications.map(async (notification) => {
      try {
        if (notification.channel === 'email') await messages.sendMail(notification.id);
        else await messages.sendSms(notification.id);
      } catch (error) {
        if (isFailure(error, 'EffectUnknown')) unknown.push(notification);
      }
    }),
  );
  return unknown;
}
