import OpenAI from 'openai';
import type { VendorFailure } from '../../shared/failures.ts';
import { classifyStatus, retryAfterMs } from '../http.ts';
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
  const waitMs = headers && readRetryAfter(headers);
  const failure = classifyStatus(Number(status), name, `Model server answered ${status} (${name})`, waitMs);
  // 404: no such model or path, so the settings are wrong.
  if (EXHAUSTED.has(name) || status === 404) return { ...failure, kind: 'unauthorized' };
  if (failure.kind === 'unknown-outcome' || status === 409) return { ...failure, kind: 'unavailable' };
  return failure;
}

/** The exact `retry-after-ms`, else the standard header. */
function readRetryAfter(headers: Headers): number | undefined {
  const exactMs = Number(headers.get('retry-after-ms') ?? Number.NaN);
  return Number.isFinite(exactMs)
    ? Math.max(0, exactMs)
    : retryAfterMs(headers.get('retry-after'), Date.now());
}

const hasName = (error: unknown, name: string) => error instanceof Error && error.name === name;
