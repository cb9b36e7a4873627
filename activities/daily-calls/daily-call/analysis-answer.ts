import { z } from 'zod';
import { type CallAnalysis, moods, sentiments } from '../../../shared/daily-calls/analysis.ts';

const MAX_SUMMARY_CHARS = 1_000;
const MAX_ANSWER_CHARS = 500;

/** What the model has to answer; questions can only be answered under their own keys. */
export function analysisSchema(keys: string[]) {
  const key = keys.length > 0 ? z.enum(keys) : z.string().max(0);
  return z.object({
    summary: z.string().min(1).max(MAX_SUMMARY_CHARS),
    sentiment: z.enum(sentiments),
    mood: z.enum(moods),
    answers: z.array(z.object({ key, answer: z.string().max(MAX_ANSWER_CHARS).nullable() })),
  });
}

type Answered = z.infer<ReturnType<typeof analysisSchema>>;

/** One line of plain text, whatever the model has put in: no line ends, controls or changes of direction. */
const oneLine = (text: string) => text.replaceAll(/[\p{Cc}\s\u202A-\u202E\u2066-\u2069]+/gu, ' ').trim();

/** The model's answer with exactly one entry for each question, in the script's order. */
export function readAnalysis(answered: Answered, keys: string[]): CallAnalysis {
  const given = new Map(answered.answers.map(({ key, answer }) => [key, answer && oneLine(answer)]));
  return {
    summary: oneLine(answered.summary),
    sentiment: answered.sentiment,
    mood: answered.mood,
    answers: keys.map((key) => ({ key, answer: given.get(key) || null })),
  };
}
