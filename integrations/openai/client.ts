import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import type { z } from 'zod';
import { readModelAnswer } from './model-answer.ts';

export interface ModelClientConfig {
  /** Address of any server that speaks OpenAI's protocol, up to and including `/v1`. */
  baseURL: string;
  apiKey: string;
  model: string;
  /** Limit of one request, answer body included. */
  timeoutMs: number;
  fetch?: typeof globalThis.fetch;
}

export interface Extraction<T> {
  /** Name of the schema: at most 64 letters, digits, `_` and `-`. */
  name: string;
  /** Every property required; what may be missing is nullable. That is what strict schemas allow. */
  schema: z.ZodType<T>;
  system: string;
  /** Untrusted text goes here, never into `system`. */
  user: string;
  signal?: AbortSignal;
}

/**
 * Asks a language model for one JSON value. Throws `ModelAnswerError` for an answer that cannot be used and
 * the library's errors for everything else; `classifyModelError` reads both.
 */
export function createModelClient({ baseURL, apiKey, model, timeoutMs, fetch }: ModelClientConfig) {
  const client = new OpenAI({
    baseURL,
    apiKey,
    organization: null,
    project: null,
    timeout: timeoutMs,
    maxRetries: 0,
    // At its lower levels the library logs whole prompts.
    logLevel: 'off',
    ...(fetch === undefined ? {} : { fetch }),
  });

  return {
    async extract<T>({ name, schema, system, user, signal }: Extraction<T>): Promise<T> {
      // The library's own timeout ends with the response headers; a body that stalls needs this one.
      const limit = AbortSignal.timeout(timeoutMs);
      const completion = await client.chat.completions.create(
        {
          model,
          messages: [
            { role: 'system', content: system },
            { role: 'user', content: user },
          ],
          response_format: zodResponseFormat(schema, name),
        },
        { signal: signal ? AbortSignal.any([signal, limit]) : limit },
      );
      return readModelAnswer(completion, schema);
    },

    /** Proves key and connection; costs nothing. `limitMs` ends it: it is asked beside work that does not wait. */
    async ping(limitMs: number): Promise<void> {
      await client.models.list({ timeout: limitMs, signal: AbortSignal.timeout(limitMs) });
    },
  };
}

export type ModelClient = ReturnType<typeof createModelClient>;
export { classifyModelError } from './classify-error.ts';
export { ModelAnswerError } from './model-answer.ts';
