import { busiestWindow, usedShare } from '../../platform/limits/window.ts';
import type { Offence } from '../compare.ts';
import { groupBy } from '../daily-calls/group-by.ts';
import type { Report } from '../report.ts';
import type { PlaceLimit, PlannedLimit, RateLimit } from './plan.ts';
import type { Order } from './vendor.ts';

/** Permits as the database gave them, by its clock; copied as they happen. */
export interface Use {
  key: string;
  holder: string;
  atMs: number;
}

export interface LimitsVerdict {
  over: Offence[];
  unused: Offence[];
  repeated: Offence[];
  lost: Offence[];
}

const percent = (share: number) => `${(share * 100).toFixed(2)} %`;

/** What each limit let through, against what it allows. */
export function judgeLimits(
  limits: PlannedLimit[],
  orders: Order[],
  uses: Use[],
  atLeast: number,
): Pick<Report, 'rows' | 'facts'> & { offences: LimitsVerdict } {
  const offences: LimitsVerdict = { over: [], unused: [], repeated: [], lost: [] };
  const rows: Report['rows'] = [];
  const facts: Report['facts'] = {};
  const ordersOf = groupBy(orders, ({ limit }) => limit.name);
  const usesOf = groupBy(uses, ({ key }) => key);
  for (const limit of limits) {
    const wanted = ordersOf.get(limit.name) ?? [];
    const done = wanted.filter(({ startedAtMs }) => startedAtMs !== null);
    const permits = usesOf.get(limit.name) ?? [];
    rows.push({
      what: describe(limit),
      sentIn: wanted.length,
      database: limit.kind === 'rate' ? permits.length : '–',
      vendor: done.length,
    });
    for (const { id, times } of wanted) {
      if (times === 0) offences.lost.push({ what: id, why: 'was never carried out' });
      if (times > 1) offences.repeated.push({ what: id, why: `was carried out ${times} times` });
    }
    if (done.length === 0) continue;
    const found = limit.kind === 'rate' ? judgeRate(limit, done, permits) : judgePlaces(limit, done);
    offences.over.push(...found.over.map((why) => ({ what: limit.name, why })));
    if (found.share < atLeast) {
      offences.unused.push({ what: limit.name, why: `${percent(found.share)} used while more was wanted` });
    }
    Object.assign(facts, found.facts, { [`${limit.name} used`]: percent(found.share) });
  }
  return { rows, facts, offences };
}

const describe = (limit: PlannedLimit) =>
  limit.kind === 'rate'
    ? `${limit.name}: ${limit.permits} in ${limit.windowMs / 1_000} s`
    : `${limit.name}: ${limit.max} at once`;

/**
 * Every permit counts, also one whose worker died before the effect. The vendor sees an effect a little after its
 * permit: by its clock the windows are exact but for the longest way from permit to effect.
 */
function judgeRate(limit: RateLimit, done: Order[], permits: Use[]) {
  const over: string[] = [];
  const { name, windowMs } = limit;
  const permitsOf = groupBy(permits, ({ holder }) => holder);
  let longestWayMs = 0;
  for (const { id, startedAtMs } of done) {
    const own = (permitsOf.get(id) ?? []).filter(({ atMs }) => atMs <= startedAtMs! + CLOCK_SLACK_MS);
    const last = Math.max(...own.map(({ atMs }) => atMs));
    if (own.length === 0) over.push(`${id} was carried out without a permit`);
    else longestWayMs = Math.max(longestWayMs, startedAtMs! - last);
  }
  // In whole microseconds: permits a window apart are apart, whatever a fraction is rounded to.
  const granted = busiestWindow(
    permits.map(({ atMs }) => Math.round(atMs * 1_000)),
    windowMs * 1_000,
  );
  const arrived = done.map(({ startedAtMs }) => startedAtMs!);
  const seen = busiestWindow(arrived, windowMs - Math.max(0, longestWayMs) - CLOCK_SLACK_MS);
  if (granted > limit.permits) over.push(`${granted} permits in one window of ${limit.permits}`);
  if (seen > limit.permits) over.push(`${seen} effects at the vendor in one window of ${limit.permits}`);
  // How fast permits were given, less those that no effect came of.
  const given = usedShare(
    permits.map(({ atMs }) => atMs),
    limit.permits,
    windowMs,
  );
  return {
    over,
    share: (given * done.length) / Math.max(done.length, permits.length),
    facts: {
      [`${name} busiest window`]: `${Math.max(granted, seen)} of ${limit.permits}`,
      [`${name} permit to effect`]: `${Math.max(0, longestWayMs).toFixed(0)} ms`,
      [`${name} without effect`]: permits.length - done.length,
    },
  };
}

/** Both read the machine's clock, one to the microsecond, one to the millisecond. */
const CLOCK_SLACK_MS = 2;

/** Exact by the vendor's clock: an effect begins after its place is taken and ends before it is given back. */
function judgePlaces(limit: PlaceLimit, done: Order[]) {
  const over: string[] = [];
  const most = mostAtOnce(done);
  if (most > limit.max) over.push(`${most} at once instead of ${limit.max}`);
  for (const [group, own] of groupBy(done, (order) => order.group)) {
    const mostOfGroup = mostAtOnce(own);
    if (mostOfGroup > limit.groupMax)
      over.push(`${mostOfGroup} of "${group}" at once instead of ${limit.groupMax}`);
  }
  return {
    over,
    share: takenShare(done, limit.max),
    facts: { [`${limit.name} at once`]: `${most} of ${limit.max}` },
  };
}

function mostAtOnce(orders: Order[]): number {
  const steps = orders
    .flatMap(({ startedAtMs, endedAtMs }) => [
      { atMs: startedAtMs!, step: 1 },
      { atMs: endedAtMs ?? Number.POSITIVE_INFINITY, step: -1 },
    ])
    // Who ends at a moment makes room for who begins at it.
    .sort((a, b) => a.atMs - b.atMs || a.step - b.step);
  let now = 0;
  let most = 0;
  for (const { step } of steps) {
    now += step;
    most = Math.max(most, now);
  }
  return most;
}

/** How much of the places' time was used, as long as others waited: up to the last beginning. */
function takenShare(orders: Order[], max: number): number {
  const begun = orders.map(({ startedAtMs }) => startedAtMs!).sort((a, b) => a - b);
  // The first places are taken one after the other, once.
  const from = begun[Math.min(max, begun.length) - 1]!;
  const to = begun.at(-1)!;
  if (to <= from) return 1;
  const usedMs = orders.reduce(
    (sum, { startedAtMs, endedAtMs }) =>
      sum + Math.max(0, Math.min(endedAtMs ?? to, to) - Math.max(startedAtMs!, from)),
    0,
  );
  return usedMs / (max * (to - from));
}
