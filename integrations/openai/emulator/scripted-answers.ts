import { z } from 'zod';
import type { Collection, EmulatorKit } from '../../../shared/emulator.ts';

/** An answer to give instead of reading the conversation; `POST /openai/_emulator/answers`. */
export const scriptedAnswerSchema = z.strictObject({
  /** Only for a conversation that contains this text. */
  match: z.string().min(1).optional(),
  /** An object is sent as JSON, a string as it is (also broken JSON). */
  answer: z.union([z.string(), z.record(z.string(), z.unknown())]).default(''),
  finish_reason: z.enum(['stop', 'length', 'content_filter']).default('stop'),
  refusal: z.string().min(1).optional(),
  /** Requests that get this answer. */
  times: z.int().positive().default(1),
});

export type ScriptedAnswer = z.infer<typeof scriptedAnswerSchema> & { id: string };

export const scriptedAnswers = (kit: EmulatorKit): Collection<ScriptedAnswer> => kit.collection('answers');

/** Takes the first scripted answer for this conversation off the queue, or returns null. */
export function takeScriptedAnswer(kit: EmulatorKit, conversation: string): ScriptedAnswer | null {
  const queue = scriptedAnswers(kit);
  const found = queue.values().find(({ match }) => match === undefined || conversation.includes(match));
  if (!found) return null;
  if (found.times > 1) queue.put(found.id, { ...found, times: found.times - 1 });
  else queue.delete(found.id);
  return found;
}
