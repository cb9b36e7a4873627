import type { Deps } from '../../../platform/deps.ts';
import { type Message, sendEachOnce, type Unsettled } from '../../../shared/messages/send-each-once.ts';
import { sendNotification } from './send-notification.ts';

/** Tries each message once; returns what that has not settled. */
export function sendAtOnce(deps: Deps, messages: Message[]): Promise<Unsettled[]> {
  return sendEachOnce(messages, ({ id }) => sendNotification(deps, id));
}
