import type { Deps } from '../../../platform/deps.ts';
import { giveUpNotification } from './give-up-notification.ts';
import { sendAtOnce } from './send-at-once.ts';
import { sendMail } from './send-mail.ts';
import { sendSms } from './send-sms.ts';

/** Messages to customers about an appointment; each channel on its own. */
export function createNotificationActivities(deps: Deps) {
  return {
    sendMail: sendMail.bind(null, deps),
    sendSms: sendSms.bind(null, deps),
    sendAtOnce: sendAtOnce.bind(null, deps),
    giveUpNotification: giveUpNotification.bind(null, deps),
  };
}

export type NotificationActivities = ReturnType<typeof createNotificationActivities>;
