import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { EffectIdentity } from '../db/effects.ts';
import type { VendorFailure } from '../shared/failures.ts';
import { rejected, unavailable } from './effect-failures.ts';
import { createEffectGate } from './effect-gate.ts';

/** A question to a vendor that changes nothing there, but counts against its limits. */
export interface VendorRead<T> extends Omit<EffectIdentity, 'key'> {
  ask(): Promise<T>;
  classify(error: unknown): VendorFailure;
}

export interface VendorReads {
  /** Asks behind the same circuit breaker and quota as every effect. Throws catalogued failures. */
  read<T>(question: VendorRead<T>): Promise<T>;
}

export function createVendorReads(pool: pg.Pool): VendorReads {
  const gate = createEffectGate(pool);
  return {
    async read(question) {
      const identity = { ...question, key: `read:${randomUUID()}` };
      await gate.enter(identity);
      let answer: Awaited<ReturnType<typeof question.ask>>;
      try {
        answer = await question.ask();
      } catch (error) {
        const failed = question.classify(error);
        await gate.failed(identity, failed);
        throw failed.kind === 'rejected' ? rejected(identity, failed) : unavailable(identity, failed);
      }
      await gate.answered(identity);
      return answer;
    },
  };
}
