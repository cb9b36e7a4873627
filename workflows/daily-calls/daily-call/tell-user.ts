import { condition, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { DailyCallActivities } from '../../../activities/daily-calls/daily-call/index.ts';
import { createMessenger, type Message } from '../../lib/messenger.ts';
import type { News } from '../../lib/news.ts';
import type { ReviewDesk } from '../../lib/review.ts';
import { databaseStep, effectFirstTry, messageEffect, undoEffect } from '../../policies.ts';
import type { DailyCallInput } from './contract.ts';

const day = proxyLocalActivities<DailyCallActivities>(databaseStep);
const first = proxyLocalActivities<DailyCallActivities>(effectFirstTry);
const patient = proxyActivities<DailyCallActivities>(messageEffect);
const undo = proxyActivities<DailyCallActivities>(undoEffect);

const send = (by: DailyCallActivities, { id, channel }: Message) =>
  channel === 'email' ? by.sendCallMail(id) : by.sendCallSms(id);

const messenger = createMessenger({
  atOnce: (message) => send(first, message),
  patiently: (message) => send(patient, message),
  giveUp: ({ id }) => undo.giveUpCallNotice(id),
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
    messenger.settle(desk, message, {
      companyId,
      entity: attemptId,
      question: { effectKey: `notice:${message.id}`, channel: message.channel, noticeId: message.id },
    }),
  );
}

/** Waits for messages that are under way. False: something else is new before they are. */
export async function allTold(messages: Promise<void>[], news: News): Promise<boolean> {
  await Promise.race([Promise.all(messages), condition(() => news.unread)]);
  return !news.unread;
}
