import type { EffectLedger } from '../../platform/effects.ts';
import { failure } from '../../shared/failures.ts';

/** Flaws that a fault run must notice; the name is what `--mutant` takes. */
export const mutants = ['no-ledger', 'no-exclusion'] as const;
export type Mutant = (typeof mutants)[number];

/**
 * What one would write without an effect ledger: perform, and let Temporal repeat what failed. The vendors'
 * answers mean the same as ever; nothing remembers what an earlier attempt may have done.
 */
export const withoutLedger: EffectLedger = {
  async once(effect) {
    try {
      return await effect.perform();
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
};
