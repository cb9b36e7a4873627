import { CancellationScope, isCancellation, patched, sleep } from '@temporalio/workflow';
import type { ReviewActivities } from '../../activities/operations/review/index.ts';
import { findFailure, isFailure } from '../../shared/failures.ts';
import {
  type Follower,
  type Message,
  sendEachOnce,
  type Unsettled,
} from '../../shared/messages/send-each-once.ts';
import { databaseStep } from '../policies.ts';
import type { ReviewDesk } from './review.ts';
import { proxySteps } from './steps.ts';

const reviews = proxySteps<ReviewActivities>(databaseStep);

/** How a chain sends its messages; each of them is one effect of the ledger, however it is sent. */
export interface Sender {
  /** One try for each, in one step inside the workflow task. Returns what it does not settle. */
  atOnce(messages: Message[]): Promise<Unsettled[]>;
  /** The same for one message, in runs that began before messages were sent in one step. */
  oneAtOnce(message: Message): Promise<Follower>;
  /** As often as makes sense. Returns the message that takes over when this one cannot arrive. */
  patiently(message: Message): Promise<Follower>;
  /** It came too late: it will not be sent any more. Returns the message that takes over. */
  giveUp(message: Message): Promise<Follower>;
}

/** What a person needs to find out about a message of which nobody knows whether it went out. */
export interface UnknownMessage {
  companyId: string;
  /** What the message is about; an id. */
  entity: string;
  question: { effectKey: string; [detail: string]: unknown };
}

export function createMessenger({ atOnce, oneAtOnce, patiently, giveUp }: Sender) {
  /**
   * Tries once to send messages, each on its own: a failed SMS never repeats or stops the mail. A final
   * refusal is written on its row. Returns what is not settled by one try.
   */
  async function send(messages: Message[]): Promise<Unsettled[]> {
    if (messages.length === 0) return [];
    if (!patched('few-steps')) return sendEachOnce(messages, oneAtOnce);
    try {
      return await atOnce(messages);
    } catch {
      // The step itself was lost; the ledger knows what has gone out.
      return messages.map((message) => ({ ...message, state: 'waiting' }));
    }
  }

  /**
   * Sends a message that could not be sent at once, for as long as it makes sense; then it is given up,
   * which its row says. What cannot arrive on its channel goes on by the one that takes over. Returns the
   * message of which nobody knows whether it went out; null: all is known.
   */
  async function sendPatiently(first: Message): Promise<Message | null> {
    let message = first;
    for (;;) {
      try {
        const follower = await patiently(message);
        if (!follower) return null;
        message = follower;
      } catch (error) {
        if (isCancellation(error)) throw error;
        if (isFailure(error, 'EffectUnknown')) return message;
        if (isFailure(error, 'VendorRejected')) return null;
        const waitMs = longWait(error);
        if (waitMs !== null && patched('long-waits')) await sleep(waitMs);
        else {
          const left = await giveUpFor(message);
          if (left === 'unknown') return message;
          if (!left) return null;
          message = left;
        }
      }
    }
  }

  /** What takes over from a message that is given up; `unknown`: nobody knows whether it went out. */
  async function giveUpFor(message: Message): Promise<Follower | 'unknown'> {
    try {
      return await CancellationScope.nonCancellable(() => giveUp(message));
    } catch (error) {
      if (isCancellation(error)) throw error;
      return isFailure(error, 'EffectUnknown') ? 'unknown' : null;
    }
  }

  /**
   * Brings a message to its end: what waits is sent as soon as it can be; of what nobody knows a person finds
   * out, and it is sent again only if it did not go out.
   */
  async function settle(
    desk: ReviewDesk,
    { state, ...first }: Unsettled,
    about: (message: Message) => UnknownMessage,
  ): Promise<void> {
    let unknown = state === 'waiting' ? await sendPatiently(first) : first;
    while (unknown) {
      const asked = about(unknown);
      const answer = await desk.ask({ kind: 'unknown-effect', ...asked });
      if (!answer) return;
      await reviews.resolveUnknownEffect(asked.question.effectKey, answer.action === 'happened');
      unknown = await sendPatiently(unknown);
    }
  }

  return { send, settle };
}

/** How long a limit or quiet hours hold a message up that has outlived its policy by waiting for them. */
function longWait(error: unknown): number | null {
  const held = findFailure(error);
  if (held?.type !== 'RateLimited' && held?.type !== 'HeldBack') return null;
  const detail = held.details?.[0] as { waitMs?: number } | undefined;
  return detail?.waitMs ?? null;
}
