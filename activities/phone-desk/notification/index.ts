import type { Deps } from '../../../platform/deps.ts';
import { giveUpNotification } from './give-up-notification.ts';
import { notificationOutcome } from './notification-outcome.ts';
import { sendAtOnce } from './send-at-once.ts';
import { sendNotification } from './send-notification.ts';

/** Messages to customers about an appointment; each channel on its own. */
export function createNotificationActivities(deps: Deps) {
  const send = sendNotification.bind(null, deps);
  return {
    // Each channel has a step of its own name: that is what an operator reads in a run.
    sendMail: send,
    sendSms: send,
    sendWhatsApp: send,
    sendPush: send,
    sendAtOnce: sendAtOnce.bind(null, deps),
    notificationOutcome: notificationOutcome.bind(null, deps),
    giveUpNotification: giveUpNotification.bind(null, deps),
  };
}

export type NotificationActivities = ReturnType<typeof createNotificationActivities>;
