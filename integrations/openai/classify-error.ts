import OpenAI from 'openai';
import type { VendorFailure } from '../../shared/failures.ts';
import { ModelAnswerError } from './model-answer.ts';

/** 429 answers that no waiting ends: someone has to pay or ask for more. */
const EXHAUSTED = new Set(['insufficient_quota', 'billing_hard_limit_reached', 'billing_not_active']);

/**
 * What an error of the model client means. Asking a model twice costs money and nothing else, so a lost
 * answer counts as `unavailable`. The message repeats nothing of the prompt or the answer.
 */
export function classifyModelError(error: unknown): VendorFailure {
  if (error instanceof ModelAnswerError) {
    const { problem, retryable, message } = error;
    return { kind: retryable ? 'unavailable' : 'rejected', code: problem, message };
  }
  if (error instanceof OpenAI.APIError && typeof error.status === 'number') return classifyAnswer(error);
  if (error instanceof OpenAI.APIConnectionTimeoutError || hasName(error, 'TimeoutError')) {
    return { kind: 'unavailable', code: 'timeout', message: 'Model did not answer in time' };
  }
  if (error instanceof OpenAI.APIUserAbortError || hasName(error, 'AbortError')) {
    return { kind: 'unavailable', code: 'aborted', message: 'Model request was given up' };
  }
  return { kind: 'unavailable', code: 'connection', message: 'Model could not be reached' };
}

function classifyAnswer({ status, code, headers }: InstanceType<typeof OpenAI.APIError>): VendorFailure {
  const name = typeof code === 'string' && code ? code : `http-${status}`;
  const shared = { code: name, message: `Model server answered ${status} (${name})`, status: Number(status) };
  if (EXHAUSTED.has(name)) return { kind: 'unauthorized', ...shared };
  switch (status) {
    case 401:
    case 403:
    // No such model, or no such path: the address, the key or the model's name is configured wrongly.
    case 404:
      return { kind: 'unauthorized', ...shared };
    case 429: {
      const retryAfterMs = headers && readRetryAfter(headers);
      return { kind: 'rate-limited', ...shared, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    }
    case 408:
    case 409:
      return { kind: 'unavailable', ...shared };
    default:
      return { kind: Number(status) >= 500 ? 'unavailable' : 'rejected', ...shared };
  }
}

/** `retry-after-ms`, else `retry-after` in seconds or as a date. */
function readRetryAfter(headers: Headers): number | undefined {
  const exact = headers.get('retry-after-ms');
  if (exact && Number(exact) >= 0) return Number(exact);
  const value = headers.get('retry-after');
  if (!value) return undefined;
  const waitMs = Number.isNaN(Number(value)) ? Date.parse(value) - Date.now() : Number(value) * 1_000;
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined;
}

const hasName = (error: unknown, name: string) => error instanceof Error && error.name === name;
