import type { VendorFailure } from '../../../shared/failures.ts';
import type { CheckResult } from '../../../shared/health.ts';
import { LateError, within } from '../../../shared/within.ts';

/** Thrown by a check that found something wrong; `facts` are what it found. */
export class Finding extends Error {
  override readonly name = 'Finding';
  readonly facts: Record<string, unknown>;
  constructor(reason: string, facts: Record<string, unknown> = {}) {
    super(reason);
    this.facts = { reason, ...facts };
  }
}

export interface Look {
  name: string;
  limitMs: number;
  patience: number;
  /** What it found, for operators. Throws what is wrong. */
  ask(): Promise<Record<string, unknown>>;
  /** Reads an error that is no `Finding`. */
  failure?(error: unknown): VendorFailure;
}

/** Looks once, for at most the limit, and never throws: what is wrong is a result. */
export async function look({ name, limitMs, patience, ask, failure }: Look): Promise<CheckResult> {
  const startedAt = performance.now();
  const result = (ok: boolean, detail: Record<string, unknown>) => ({
    ...{ name, ok, patience, detail },
    latencyMs: performance.now() - startedAt,
  });
  try {
    return result(true, await within(ask(), limitMs));
  } catch (error) {
    return result(false, reasonOf(error, failure));
  }
}

/** Codes and names only: a message may repeat what somebody wrote. */
function reasonOf(error: unknown, failure: Look['failure']): Record<string, unknown> {
  if (error instanceof Finding) return error.facts;
  if (error instanceof LateError) return { reason: 'late' };
  if (failure) {
    const { kind, code, status } = failure(error);
    return { reason: kind, code, ...(status === undefined ? {} : { status }) };
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  return { reason: error instanceof Error ? error.name : 'error', ...(code === undefined ? {} : { code }) };
}
