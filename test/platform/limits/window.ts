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
