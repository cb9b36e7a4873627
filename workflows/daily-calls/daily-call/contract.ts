import { defineSignal } from '@temporalio/workflow';
import { dailyCallWorkflowId } from '../../../shared/ids.ts';
import { taskQueues } from '../../../shared/task-queues.ts';
import { priorities, type WorkflowStart } from '../../../shared/workflow-start.ts';

/** One user's local day. Ids and a calendar day; no personal data. */
export interface DailyCallInput {
  userId: string;
  companyId: string;
  /** `YYYY-MM-DD` by the user's clock. */
  localDate: string;
}

/** Every way a day can end. */
export type DailyCallResult =
  /** There was a conversation. */
  | { ending: 'completed' }
  /** A machine was reached, and the user does not wish another try. */
  | { ending: 'voicemail' }
  /** Attempts or hours were used up, or the provider refuses the call. */
  | { ending: 'not-reached' }
  /** Nobody knows what became of the call; it is not repeated on a guess. */
  | { ending: 'unreported' }
  /** The hours were over before a first attempt. */
  | { ending: 'window-over' }
  /** No consent, on the do-not-call list, disabled or deleted. */
  | { ending: 'not-allowed' }
  /** Taken back before a first attempt. */
  | { ending: 'withdrawn' };

/** Something is new: a report, a changed preference, a free place. The run reads the database. */
export const dailyCallChangedSignal = defineSignal('dailyCallChanged');

/** `startAt` (ISO 8601, UTC) keeps the run asleep until the call is due. A late report starts a day's run again. */
export function dailyCallStart(input: DailyCallInput, startAt?: string): WorkflowStart<[DailyCallInput]> {
  const { userId, companyId, localDate } = input;
  return {
    workflowType: 'dailyCall',
    workflowId: dailyCallWorkflowId(userId, localDate),
    taskQueue: taskQueues.dailyCalls,
    args: [input],
    whenClosed: 'start-again',
    whenOpen: 'join',
    priority: priorities.high,
    fairnessKey: companyId,
    search: { companyId, domain: 'daily-calls', entityId: userId, tags: ['daily-call'] },
    ...(startAt === undefined ? {} : { startAt }),
  };
}
