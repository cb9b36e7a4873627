import type { NotificationActivities } from '../../../activities/phone-desk/notification/index.ts';
import { notifications } from '../../lib/notify.ts';
import { ReviewDesk } from '../../lib/review.ts';
import { proxySteps } from '../../lib/steps.ts';
import { databaseStep } from '../../policies.ts';
import type { NotificationInput, NotificationResult } from './contract.ts';

const desk = proxySteps<Pick<NotificationActivities, 'notificationOutcome'>>(databaseStep);

/** Brings a message that has taken over from another one to its end, on whatever channel it ends. */
export async function notification(input: NotificationInput): Promise<NotificationResult> {
  const { notificationId, companyId, appointmentId, channel } = input;
  const reviews = new ReviewDesk();
  const [unsettled] = await notifications.send([{ id: notificationId, channel }]);
  if (unsettled) {
    await notifications.settle(reviews, unsettled, (message) => ({
      companyId,
      entity: appointmentId,
      question: {
        effectKey: `notification:${message.id}`,
        channel: message.channel,
        notificationId: message.id,
      },
    }));
  }
  return { status: await desk.notificationOutcome(notificationId) };
}
