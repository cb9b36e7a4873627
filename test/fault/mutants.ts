import { dialEffect } from '../../activities/daily-calls/daily-call/dial-effect.ts';
import type { Db } from '../../db/connect.ts';
import { readAttemptToDial } from '../../db/daily-calls/dial.ts';
import { recordAlongside } from '../../db/effects.ts';
import type { Deps } from '../../platform/deps.ts';
import type { EffectLedger } from '../../platform/effects.ts';
import type { Places } from '../../platform/limits/places.ts';
import { failure } from '../../shared/failures.ts';
import { taskQueues } from '../../shared/task-queues.ts';
import type { WorkerDefinition } from '../../workers/registry.ts';

/** Flaws that a fault run must notice; the name is what `--mutant` takes. */
export const mutants = [
  'no-ledger',
  'no-exclusion',
  'no-places',
  'no-last-look',
  'count-then-take',
  'no-limits',
] as const;
export type Mutant = (typeof mutants)[number];

/** Parts of the product with the flaw; an empty one changes nothing. */
export function withFlaw(mutant: string, deps: Deps): Deps {
  if (mutant === 'no-ledger') return { ...deps, effects: withoutLedger(deps.db) };
  if (mutant === 'no-limits') return { ...deps, companySettings: withoutLimits(deps.companySettings) };
  if (mutant === 'no-places') return { ...deps, places: withoutPlaces };
  return deps;
}

/** What the workers can do, with the flaw. */
export function definitionsWithFlaw(mutant: string, definitions: WorkerDefinition[]): WorkerDefinition[] {
  if (mutant !== 'no-last-look') return definitions;
  return definitions.map((definition) =>
    definition.taskQueue === taskQueues.dailyCalls
      ? {
          ...definition,
          activities: (deps) => ({
            ...definition.activities(deps),
            dialAttempt: dialWithoutLook.bind(null, deps),
          }),
        }
      : definition,
  );
}

/**
 * What one would write without an effect ledger: perform, and let Temporal repeat what failed. The vendors'
 * answers mean the same as ever; nothing remembers what an earlier attempt may have done.
 */
const withoutLedger = (db: Db): EffectLedger => ({
  async once(effect) {
    try {
      const result = await effect.perform();
      if (effect.also) await recordAlongside(db, effect.also(result));
      return result;
    } catch (error) {
      const failed = effect.classify(error);
      if (failed.code === 'slot-taken') throw failure('SlotTaken', failed.message);
      if (failed.kind === 'rejected') throw failure('VendorRejected', failed.message);
      throw failure('VendorUnavailable', failed.message);
    }
  },
  abandon: async () => null,
  happened: async () => {},
  resolveUnknown: async () => false,
});

/** The calendar is asked as often as there is something to ask. */
const withoutLimits =
  (read: Deps['companySettings']): Deps['companySettings'] =>
  async (companyId) => {
    const settings = await read(companyId);
    return { ...settings, limits: { ...settings.limits, apiCallsPerMinute: 1_000_000 } };
  };

/** Everybody calls whenever they wish to. */
const withoutPlaces: Places = {
  take: async () => ({ granted: true }),
  give: async () => [],
  callUp: async () => [],
};

/** Dials what was decided some time ago, whatever the hour has become meanwhile. */
async function dialWithoutLook(deps: Deps, attemptId: string): Promise<void> {
  const attempt = await readAttemptToDial(deps.db, deps.vault, attemptId);
  if (attempt?.status !== 'planned' || !attempt.phone) return;
  const { phone, provider, userId, localDate } = attempt;
  await deps.effects.once({
    ...dialEffect(deps, { ...attempt, phone }),
    perform: () =>
      deps.dialers[provider].dial({
        attemptId,
        to: phone,
        agentRef: deps.defaultAgents[provider] ?? 'none',
        variables: {},
        metadata: { attemptId, userId, localDate },
        dialledAt: deps.clock(),
      }),
  });
}
