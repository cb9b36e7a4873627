import { condition, proxyActivities } from '@temporalio/workflow';
import type { DailyCallActivities } from '../../../activities/daily-calls/daily-call/index.ts';
import type { Message } from '../../../shared/messages/send-each-once.ts';
import { createMessenger } from '../../lib/messenger.ts';
import type { News } from '../../lib/news.ts';
import type { ReviewDesk } from '../../lib/review.ts';
import { proxySteps } from '../../lib/steps.ts';
import { databaseStep, effectFirstTry, messageEffect, undoEffect } from '../../policies.ts';
import type { DailyCallInput } from './contract.ts';

const day = proxySteps<DailyCallActivities>(databaseStep);
const first = proxySteps<DailyCallActivities>(effectFirstTry);
const patient = proxyActivities<DailyCallActivities>(messageEffect);
const undo = proxyActivities<DailyCallActivities>(undoEffect);

/** A notice does not switch its channel: nothing takes over. */
async function send(by: DailyCallActivities, { id, channel }: Message): Promise<null> {
  await (channel === 'email' ? by.sendCallMail(id) : by.sendCallSms(id));
  return null;
}

const messenger = createMessenger({
  atOnce: (messages) => first.sendNoticesAtOnce(messages),
  oneAtOnce: (message) => send(first, message),
  patiently: (message) => send(patient, message),
  giveUp: ({ id }) => undo.giveUpCallNotice(id).then(() => null),
});

/**
 * Tells the user about the conversation, on the channels of their choice. What one try does not settle is brought to
 * its end beside the rest of the day: those are the promises that come back.
 */
export async function tellUser(
  attemptId: string,
  { companyId }: DailyCallInput,
  desk: ReviewDesk,
): Promise<Promise<void>[]> {
  const unsettled = await messenger.send(await day.fileCallNotices(attemptId));
  return unsettled.map((message) =>
    messenger.settle(desk, message, ({ id, channel }) => ({
      companyId,
      entity: attemptId,
      question: { effectKey: `notice:${id}`, channel, noticeId: id },
    })),
  );
}

/** Waits for messages that are under way. False: something else is new before they are. */
export async function allTold(messages: Promise<void>[], news: News): Promise<boolean> {
  await Promise.race([Promise.all(messages), condition(() => news.unread)]);
  return !news.unread;
}
