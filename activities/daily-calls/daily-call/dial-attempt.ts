import { readAttemptToDial } from '../../../db/daily-calls/dial.ts';
import { endAttempt } from '../../../db/daily-calls/reports.ts';
import type { Deps } from '../../../platform/deps.ts';
import { failure, findFailure } from '../../../shared/failures.ts';
import { dialEffect } from './dial-effect.ts';
import { lastLook } from './last-look.ts';

/**
 * Places the call of a planned attempt, once. Whether it may leave is looked at last, right before it does. A call
 * that may not leave, and one that the provider refuses, end the attempt; throws the ledger's other failures.
 */
export async function dialAttempt(deps: Deps, attemptId: string): Promise<void> {
  const attempt = await readAttemptToDial(deps.db, deps.vault, attemptId);
  if (!attempt) throw failure('NotFound', `attempt ${attemptId} does not exist`);
  if (attempt.status !== 'planned') return;
  const { phone, userId, localDate, number, provider } = attempt;
  const endPlanned = (status: 'failed' | 'withdrawn', reason: string) =>
    endAttempt(deps.db, attemptId, ['planned'], status, reason, deps.clock());
  if (!phone) return endPlanned('withdrawn', 'no-number');
  const agentRef = attempt.agentRef ?? deps.defaultAgents[provider];
  if (!agentRef) return endPlanned('failed', 'refused:no-agent');
  try {
    await deps.effects.once({
      ...dialEffect(deps, { ...attempt, phone }),
      async perform() {
        const refusal = await lastLook(deps, userId, localDate);
        if (refusal) throw failure('CallNotAllowed', refusal);
        return deps.dialers[provider].dial({
          attemptId,
          to: phone,
          agentRef,
          variables: { name: attempt.name ?? '', attempt: String(number) },
          metadata: { attemptId, userId, localDate },
          dialledAt: deps.clock(),
        });
      },
    });
  } catch (error) {
    const refused = findFailure(error);
    if (refused?.type !== 'VendorRejected') throw error;
    const { code } = (refused.details?.[0] ?? {}) as { code?: string };
    if (code === 'CallNotAllowed') return endPlanned('withdrawn', 'not allowed at the last look');
    return endPlanned('failed', `refused:${code ?? 'unknown'}`);
  }
}

/**
 * Ends an attempt whose provider could not be reached in time: it will not be placed any more, unless it turns out
 * that it was. Throws `EffectUnknown` when that cannot be known.
 */
export async function giveUpDial(deps: Deps, attemptId: string): Promise<void> {
  const attempt = await readAttemptToDial(deps.db, deps.vault, attemptId);
  if (!attempt?.phone || attempt.status !== 'planned') return;
  const placed = await deps.effects.abandon(dialEffect(deps, { ...attempt, phone: attempt.phone }));
  if (!placed)
    await endAttempt(deps.db, attemptId, ['planned'], 'failed', 'provider-unreachable', deps.clock());
}
