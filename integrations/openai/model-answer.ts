import type { ChatCompletion } from 'openai/resources/chat/completions';
import type { z } from 'zod';

/** Why an answer of the model cannot be used, and whether asking again can help. */
const problems = {
  refusal: { retryable: false, text: 'the model refused to answer' },
  'content-filter': { retryable: false, text: 'the answer was withheld by the content filter' },
  length: { retryable: true, text: 'the answer was cut off at the length limit' },
  empty: { retryable: true, text: 'the answer is empty' },
  'invalid-json': { retryable: true, text: 'the answer is not JSON' },
  'schema-violation': { retryable: true, text: 'the answer does not fit the schema' },
} as const;

export type ModelAnswerProblem = keyof typeof problems;

/** Thrown when the model answered, but not with what was asked for. Never holds the answer itself. */
export class ModelAnswerError extends Error {
  override readonly name = 'ModelAnswerError';
  readonly problem: ModelAnswerProblem;
  readonly retryable: boolean;

  constructor(problem: ModelAnswerProblem, detail?: string) {
    super(detail ? `${problems[problem].text}: ${detail}` : problems[problem].text);
    this.problem = problem;
    this.retryable = problems[problem].retryable;
  }
}

/** Servers that ignore `response_format` like to wrap JSON in a Markdown fence. */
const unfenced = (content: string) => /^\s*```(?:json)?\s*([\s\S]*?)\s*```\s*$/.exec(content)?.[1] ?? content;

function parseJson(content: string): unknown {
  try {
    return JSON.parse(unfenced(content));
  } catch {
    throw new ModelAnswerError('invalid-json');
  }
}

/**
 * The value in a completion, checked against the schema even if the server promised to keep to it.
 * Throws `ModelAnswerError`.
 */
export function readModelAnswer<T>(completion: ChatCompletion, schema: z.ZodType<T>): T {
  const choice = completion.choices?.[0];
  if (choice?.message?.refusal) throw new ModelAnswerError('refusal');
  if (choice?.finish_reason === 'content_filter') throw new ModelAnswerError('content-filter');
  if (choice?.finish_reason === 'length') throw new ModelAnswerError('length');
  const content = choice?.message?.content;
  if (!content?.trim()) throw new ModelAnswerError('empty');
  const parsed = schema.safeParse(parseJson(content));
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path, code }) => `${path.join('.') || 'answer'} ${code}`);
  throw new ModelAnswerError('schema-violation', [...new Set(fields)].join(', '));
}
