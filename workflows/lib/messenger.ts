import { CancellationScope, isCancellation, patched } from '@temporalio/workflow';
import type { ReviewActivities } from '../../activities/operations/review/index.ts';
import { isFailure } from '../../shared/failures.ts';
import { type Message, sendEachOnce, type Unsettled } from '../../shared/messages/send-each-once.ts';
import { databaseStep } from '../policies.ts';
import type { ReviewDesk } from './review.ts';
import { proxySteps } from './steps.ts';

const reviews = proxySteps<ReviewActivities>(databaseStep);

/** How a chain sends its messages; each of them is one effect of the ledger, however it is sent. */
export interface Sender {
  /** One try for each, in one step inside the workflow task. Returns what it does not settle. */
  atOnce(messages: Message[]): Promise<Unsettled[]>;
  /** The same for one message, in runs that began before messages were sent in one step. */
  oneAtOnce(message: Message): Promise<void>;
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
