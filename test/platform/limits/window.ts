/** The most uses that any window `[t, t + windowMs)` holds. */
export function busiestWindow(usesMs: readonly number[], windowMs: number): number {
  const sorted = usesMs.toSorted((a, b) => a - b);
  let first = 0;
  let most = 0;
  sorted.forEach((use, index) => {
    while (use - (sorted[first] as number) >= windowMs) first += 1;
    most = Math.max(most, index - first + 1);
  });
  return most;
}

/** The share of the permits that was used, from the first use on, in whole windowfuls. */
export function usedShare(usesMs: readonly number[], permits: number, windowMs: number): number {
  const counted = usesMs.length - (usesMs.length % permits);
  const sorted = usesMs.toSorted((a, b) => a - b);
  const spanMs = (sorted[counted - 1] as number) - (sorted[0] as number) + windowMs;
  return counted / ((permits * spanMs) / windowMs);
}
