import { isCancellation, proxyActivities, proxyLocalActivities, setHandler } from '@temporalio/workflow';
import type { DailyCallActivities } from '../../../activities/daily-calls/daily-call/index.ts';
import type { ReviewActivities } from '../../../activities/operations/review/index.ts';
import { isFailure } from '../../../shared/failures.ts';
import { proxyEffects } from '../../lib/effects.ts';
import { News } from '../../lib/news.ts';
import { ReviewDesk } from '../../lib/review.ts';
import { databaseStep, dialEffect, modelRead, providerRead, undoEffect } from '../../policies.ts';
import { type DailyCallInput, type DailyCallResult, dailyCallChangedSignal } from './contract.ts';
import { allTold, tellUser } from './tell-user.ts';

const day = proxyLocalActivities<DailyCallActivities>(databaseStep);
const reviews = proxyLocalActivities<ReviewActivities>(databaseStep);
const line = proxyEffects<DailyCallActivities>(dialEffect);
const undo = proxyEffects<DailyCallActivities>(undoEffect);
const provider = proxyActivities<DailyCallActivities>(providerRead);
const reader = proxyActivities<DailyCallActivities>(modelRead);

/**
 * A user's local day: called at its moment, again when the outcome says so, until it has ended. The database says
 * what comes next; a signal only says that there is something new to read.
 */
export async function dailyCall(input: DailyCallInput): Promise<DailyCallResult> {
  const news = new News();
  setHandler(dailyCallChangedSignal, () => news.arrived());
  const desk = new ReviewDesk();
  const messages: Promise<void>[] = [];
  for (;;) {
    news.read();
    const step = await day.nextStep(input);
    switch (step.kind) {
      case 'wait':
        await news.wait(step.inMs);
        break;
      case 'dial':
        await dial(step.attemptId, input, news, desk);
        break;
      case 'listen':
        if (!(await news.wait(step.inMs))) await askProvider(step.attemptId, input);
        break;
      case 'follow-up':
        await readConversation(step.attemptId);
        messages.push(...(await tellUser(step.attemptId, input, desk)));
        break;
      case 'ended':
        if (await allTold(messages, news)) return { ending: step.ending };
        break;
    }
  }
}

/** A model that cannot be asked for an hour reads nothing; the day goes on without. */
async function readConversation(attemptId: string): Promise<void> {
  try {
    await reader.followUp(attemptId);
  } catch (error) {
    if (isCancellation(error)) throw error;
    await day.closeFollowUp(attemptId);
  }
}

/** Places the call once. A provider that is down is waited for; a call of which nobody knows is for a person. */
async function dial(attemptId: string, input: DailyCallInput, news: News, desk: ReviewDesk): Promise<void> {
  try {
    await line.dialAttempt(attemptId).catch(async (error: unknown) => {
      if (isCancellation(error) || isFailure(error, 'EffectUnknown')) throw error;
      await undo.giveUpDial(attemptId);
    });
  } catch (error) {
    if (!isFailure(error, 'EffectUnknown')) throw error;
    await askWhetherItRang(attemptId, input, news, desk);
  }
}

/** Silence for longer than any call lasts: the provider is asked, if it can be; then the call counts as unreported. */
async function askProvider(attemptId: string, input: DailyCallInput): Promise<void> {
  try {
    await provider.fetchReport(attemptId);
  } catch (error) {
    // It cannot be asked either; what is known has to do.
    if (isCancellation(error)) throw error;
  }
  const step = await day.nextStep(input);
  if (step.kind === 'listen' && step.attemptId === attemptId) await day.closeUnreported(attemptId);
}

/** A report that comes in meanwhile answers the question as well as a person does. */
async function askWhetherItRang(
  attemptId: string,
  { userId, companyId, localDate }: DailyCallInput,
  news: News,
  desk: ReviewDesk,
): Promise<void> {
  const effectKey = `dial:${attemptId}`;
  const question = {
    kind: 'unknown-effect' as const,
    companyId,
    entity: `${userId}/${localDate}`,
    question: { effectKey, attemptId },
  };
  const answer = await desk.ask(question, () => news.unread);
  if (answer) await reviews.resolveUnknownEffect(effectKey, answer.action === 'happened');
  else if (!news.unread) await reviews.resolveUnknownEffect(effectKey, true);
}
