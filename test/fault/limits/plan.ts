/** So many effects in any window. */
export interface RateLimit {
  kind: 'rate';
  name: string;
  permits: number;
  windowMs: number;
  /** Effects that are wanted at the same time, over all workers. */
  wanting: number;
}

/** So many effects at once, in all and in each of two groups. */
export interface PlaceLimit {
  kind: 'places';
  name: string;
  max: number;
  groupMax: number;
  /** How long an effect holds its place. */
  holdMs: { from: number; to: number };
  wanting: number;
}

export type Limit = RateLimit | PlaceLimit;

/** A limit with the number of effects that want to pass it. */
export type PlannedLimit = Limit & { orders: number };

/** Always somebody wants one; fewer than there are, so that nobody reserves a place behind one that is only reserved. */
const WANTING = 16;
const rate = (name: string, permits: number, windowMs: number): RateLimit => ({
  ...{ kind: 'rate', name, permits, windowMs },
  wanting: WANTING,
});

/** As the product has them, with windows that come round often enough: 77 effects a second in all. */
export const standardLimits: Limit[] = [
  rate('company-a', 120, 10_000),
  rate('company-b', 200, 10_000),
  rate('mails', 400, 20_000),
  rate('vendor', 500, 30_000),
  {
    ...{ kind: 'places', name: 'calls', max: 40, groupMax: 25, wanting: 60 },
    holdMs: { from: 4_000, to: 6_000 },
  },
];

/** How many effects a limit lets through at most. */
export const perSecond = (limit: Limit): number =>
  limit.kind === 'rate'
    ? (limit.permits * 1_000) / limit.windowMs
    : (limit.max * 2_000) / (limit.holdMs.from + limit.holdMs.to);

/** Shares the effects out so that all limits are busy to the end; of a rate limit whole windows. */
export function planLimits(effects: number, limits: Limit[]): PlannedLimit[] {
  const all = limits.reduce((sum, limit) => sum + perSecond(limit), 0);
  return limits.map((limit) => {
    const share = (effects * perSecond(limit)) / all;
    const unit = limit.kind === 'rate' ? limit.permits : 1;
    return { ...limit, orders: Math.max(2, Math.round(share / unit)) * unit };
  });
}
