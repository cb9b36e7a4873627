import type { Limit } from './plan.ts';

/** `waiting` for its turn, `started` at the vendor, `ended` there but its place not given back, `done`. */
export type OrderState = 'waiting' | 'started' | 'ended' | 'done';

/** What a worker is told. */
export type ToWorker =
  | { do: 'order'; id: string; group: string; limit: Limit; state: OrderState }
  /** The vendor has finished: the place may be given back. */
  | { do: 'end'; id: string }
  /** A place is free: ask again. */
  | { do: 'call-up'; id: string };

/** What a worker tells. `effect` is the request to the vendor itself: what arrives has happened. */
export type FromWorker =
  | { did: 'stand-by' }
  | { did: 'effect'; id: string }
  | { did: 'give'; id: string; callUp: string[] };
