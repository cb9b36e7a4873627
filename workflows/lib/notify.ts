import {
  CancellationScope,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';
import type { NotificationActivities } from '../../activities/phone-desk/notification/index.ts';
import { isFailure } from '../../shared/failures.ts';
import { effectFirstTry, messageEffect, undoEffect } from '../policies.ts';

const atOnce = proxyLocalActivities<NotificationActivities>(effectFirstTry);
const patiently = proxyActivities<NotificationActivities>(messageEffect);
const giveUp = proxyActivities<NotificationActivities>(undoEffect);

interface Notification {
  id: string;
  channel: 'email' | 'sms';
}

/** `waiting`: not sent yet, for a passing reason; `unknown`: nobody knows whether it went out. */
export interface Unsettled extends Notification {
  state: 'waiting' | 'unknown';
}

const send = (by: NotificationActivities, { id, channel }: Notification) =>
  channel === 'email' ? by.sendMail(id) : by.sendSms(id);

/**
 * Tries once to send notifications, each channel on its own: a failed SMS never repeats or stops the mail.
 * A final refusal is written on its row. Returns what is not settled by one try.
 */
export async function sendNotifications(notifications: Notification[]): Promise<Unsettled[]> {
  const unsettled: Unsettled[] = [];
  await Promise.all(
    notifications.map(async (notification) => {
      try {
        await send(atOnce, notification);
      } catch (error) {
        if (isFailure(error, 'EffectUnknown')) unsettled.push({ ...notification, state: 'unknown' });
        else if (!isFailure(error, 'VendorRejected')) unsettled.push({ ...notification, state: 'waiting' });
      }
    }),
  );
  return unsettled;
}

/**
 * Sends a notification that could not be sent at once, for as long as it makes sense; then it is given up,
 * which its row says. False: nobody knows whether it went out.
 */
export async function sendPatiently(notification: Notification): Promise<boolean> {
  try {
    await send(patiently, notification).catch(async (error: unknown) => {
      if (isCancellation(error) || isFailure(error, 'EffectUnknown', 'VendorRejected')) throw error;
      await CancellationScope.nonCancellable(() => giveUp.giveUpNotification(notification.id));
    });
    return true;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return !isFailure(error, 'EffectUnknown');
  }
}
