import { isFailure } from '../failures.ts';

export interface Message {
  id: string;
  channel: 'email' | 'sms';
}

/** `waiting`: not sent yet, for a passing reason; `unknown`: nobody knows whether it went out. */
export interface Unsettled extends Message {
  state: 'waiting' | 'unknown';
}

/**
 * Tries once to send messages, each on its own: a failed SMS never repeats or stops the mail. A final
 * refusal is written on its row by `send`. Returns what is not settled by one try.
 */
export async function sendEachOnce(
  messages: Message[],
  send: (message: Message) => Promise<void>,
): Promise<Unsettled[]> {
  const unsettled: Unsettled[] = [];
  await Promise.all(
    messages.map(async (message) => {
      try {
        await send(message);
      } catch (error) {
        if (isFailure(error, 'EffectUnknown')) unsettled.push({ ...message, state: 'unknown' });
        else if (!isFailure(error, 'VendorRejected')) unsettled.push({ ...message, state: 'waiting' });
      }
    }),
  );
  return unsettled;
}
