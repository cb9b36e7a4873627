import type { ApiDeps } from './deps.ts';

/** While this process hands an event over itself, sweepers leave it alone. */
const OWN_HAND_OVER_MS = 10_000;

/** How long sweepers leave a fresh event alone: not at all where nobody else takes it. */
export const sweepAfterMs = ({ handOver }: Pick<ApiDeps, 'handOver'>): number =>
  handOver ? OWN_HAND_OVER_MS : 0;
