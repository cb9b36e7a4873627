import { CancellationScope, isCancellation, proxyLocalActivities } from '@temporalio/workflow';
import type { ReviewActivities } from '../../activities/operations/review/index.ts';
import { isFailure } from '../../shared/failures.ts';
import { databaseStep } from '../policies.ts';
import type { ReviewDesk } from './review.ts';

const reviews = proxyLocalActivities<ReviewActivities>(databaseStep);

export interface Message {
  id: string;
  channel: 'email' | 'sms';
}

/** `waiting`: not sent yet, for a passing reason; `unknown`: nobody knows whether it went out. */
export interface Unsettled extends Message {
  state: 'waiting' | 'unknown';
}

/** How a chain sends its messages; each of them is one effect of the ledger, however it is sent. */
export interface Sender {
  /** One try, inside the workflow task. */
  atOnce(message: Message): Promise<void>;
  /** As often as makes sense. */
  patiently(message: Message): Promise<void>;
  /** It came too late: it will not be sent any more. */
  giveUp(message: Message): Promise<void>;
}

/** What a person needs to find out about a message of which nobody knows whether it went out. */
export interface UnknownMessage {
  companyId: string;
  /** What the message is about; an id. */
  entity: string;
  question: { effectKey: string; [detail: string]: unknown };
}

export function createMessenger({ atOnce, patiently, giveUp }: Sender) {
  /**
   * Tries once to send messages, each on its own: a failed SMS never repeats or stops the mail. A final
   * refusal is written on its row. Returns what is not settled by one try.
   */
  async function send(messages: Message[]): Promise<Unsettled[]> {
    const unsettled: Unsettled[] = [];
    await Promise.all(
      messages.map(async (message) => {
        try {
          await atOnce(message);
        } catch (error) {
          if (isFailure(error, 'EffectUnknown')) unsettled.push({ ...message, state: 'unknown' });
          else if (!isFailure(error, 'VendorRejected')) unsettled.push({ ...message, state: 'waiting' });
        }
      }),
    );
    return unsettled;
  }

  /**
   * Sends a message that could not be sent at once, for as long as it makes sense; then it is given up,
   * which its row says. False: nobody knows whether it went out.
   */
  async function sendPatiently(message: Message): Promise<boolean> {
    try {
      await patiently(message).catch(async (error: unknown) => {
        if (isCancellation(error) || isFailure(error, 'EffectUnknown', 'VendorRejected')) throw error;
        await CancellationScope.nonCancellable(() => giveUp(message));
      });
      return true;
    } catch (error) {
      if (isCancellation(error)) throw error;
      return !isFailure(error, 'EffectUnknown');
    }
  }

  /**
   * Brings a message to its end: what waits is sent as soon as it can be; of what nobody knows a person finds
   * out, and it is sent again only if it did not go out.
   */
  async function settle(desk: ReviewDesk, message: Unsettled, about: UnknownMessage): Promise<void> {
    let known = message.state === 'waiting' && (await sendPatiently(message));
    while (!known) {
      const answer = await desk.ask({ kind: 'unknown-effect', ...about });
      if (!answer) return;
      await reviews.resolveUnknownEffect(about.question.effectKey, answer.action === 'happened');
      known = await sendPatiently(message);
    }
  }

  return { send, sendPatiently, settle };
}
