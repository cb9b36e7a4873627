import { z } from 'zod';
import type { FaultMode, FaultPlan } from '../../shared/emulator.ts';

const base = z.strictObject({
  vendor: z.string().min(1),
  operation: z.string().min(1),
  count: z.int().positive().optional(),
  rate: z.number().min(0).max(1).optional(),
  seed: z.int().optional(),
});

/** A fault plan as `POST /_emulator/faults` takes it. */
export const faultPlanSchema = z.discriminatedUnion('mode', [
  base.extend({ mode: z.literal('before') }),
  base.extend({ mode: z.literal('executed-then-drop') }),
  base.extend({ mode: z.literal('delay'), delayMs: z.int().positive().max(600_000) }),
  base.extend({
    mode: z.literal('status'),
    status: z.int().min(200).max(599),
    body: z.unknown().optional(),
    headers: z.record(z.string(), z.string()).optional(),
  }),
  base.extend({ mode: z.literal('duplicate') }),
  /** `delayMs`: how long the webhook waits for another one to overtake it, 1000 by default. */
  base.extend({ mode: z.literal('reorder'), delayMs: z.int().positive().max(600_000).optional() }),
]);

export interface ActiveFault {
  id: string;
  plan: FaultPlan;
  hits: number;
}

export interface FaultBook {
  add(plan: FaultPlan): ActiveFault;
  list(): ActiveFault[];
  remove(id?: string): void;
  /** The first plan that hits this operation in one of the given modes; counts the hit. */
  take(vendor: string, operation: string, modes: readonly FaultMode[]): FaultPlan | null;
}

/** Mulberry32: a small generator whose sequence depends on the seed alone. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * The standing orders to disturb. They live in memory only: a restarted emulator is undisturbed. Without
 * `count` and `rate` a plan hits every time; with both, `rate` decides and `count` ends it.
 */
export function createFaultBook(): FaultBook {
  let active: (ActiveFault & { random: () => number })[] = [];
  let lastId = 0;
  const shown = ({ id, plan, hits }: ActiveFault): ActiveFault => ({ id, plan, hits });
  return {
    add(plan) {
      const fault = { id: `fault_${++lastId}`, plan, hits: 0, random: seededRandom(plan.seed ?? 1) };
      active.push(fault);
      return shown(fault);
    },
    list: () => active.map(shown),
    remove(id) {
      active = id === undefined ? [] : active.filter((fault) => fault.id !== id);
    },
    take(vendor, operation, modes) {
      for (const fault of active) {
        const { plan } = fault;
        if (plan.vendor !== vendor || !modes.includes(plan.mode)) continue;
        if (plan.operation !== '*' && plan.operation !== operation) continue;
        if (plan.count !== undefined && fault.hits >= plan.count) continue;
        if (plan.rate !== undefined && fault.random() >= plan.rate) continue;
        fault.hits += 1;
        return plan;
      }
      return null;
    },
  };
}
