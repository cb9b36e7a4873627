import { setTimeout as delay } from 'node:timers/promises';

const PROBE_INTERVAL_MS = 40;

/** Asks `probe` until it answers true. A probe that throws counts as "not yet"; its error is told at the end. */
export async function waitUntil(
  what: string,
  probe: () => Promise<boolean>,
  limitMs: number,
  signal?: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + limitMs;
  let last: unknown = 'it never answered';
  while (Date.now() < deadline) {
    signal?.throwIfAborted();
    try {
      if (await probe()) return;
    } catch (error) {
      last = error instanceof Error ? error.message : error;
    }
    await delay(PROBE_INTERVAL_MS, undefined, signal ? { signal } : {});
  }
  throw new Error(`${what} was not ready after ${limitMs / 1000} s (${last})`);
}

/** Probe: GET answers 200. */
export async function answersOk(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  await response.body?.cancel();
  return response.status === 200;
}
