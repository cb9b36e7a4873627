import { isFailure } from '../failures.ts';
import type { Channel } from './channels.ts';

export interface Message {
  id: string;
  channel: Channel;
}

/** `waiting`: not sent yet, for a passing reason; `unknown`: nobody knows whether it went out. */
export interface Unsettled extends Message {
  state: 'waiting' | 'unknown';
}

/**
 * What is left to be sent once a message has been: the one that takes over what could not arrive, or nothing.
 * Undefined in runs that began before messages switched channels.
 */
export type Follower = Message | null | undefined;

/**
 * Tries once to send messages, each on its own: a failed SMS never repeats or stops the mail. A final
 * refusal is written on its row by `send`. Returns what is not settled by one try, followers included.
 */
export async function sendEachOnce(
  messages: Message[],
  send: (message: Message) => Promise<Follower>,
): Promise<Unsettled[]> {
  const unsettled: Unsettled[] = [];
  await Promise.all(
    messages.map(async (message) => {
      try {
        const follower = await send(message);
        if (follower) unsettled.push({ ...follower, state: 'waiting' });
      } catch (error) {
        if (isFailure(error, 'EffectUnknown')) unsettled.push({ ...message, state: 'unknown' });
        else if (!isFailure(error, 'VendorRejected')) unsettled.push({ ...message, state: 'waiting' });
      }
    }),
  );
  return unsettled;
}
