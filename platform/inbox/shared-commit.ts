/** Work that concurrent callers do in one commit. */
export interface SharedCommit<Item, Result> {
  /** Settles with the item's own result after the commit that carried it. */
  add(item: Item): Promise<Result>;
  /** Commits what waits; later items are refused. */
  close(): Promise<void>;
}

/** Thrown when an item is not taken: too many wait, or the process is stopping. */
export class CommitRefusedError extends Error {
  override readonly name = 'CommitRefusedError';
}

interface Waiting<Item, Result> {
  item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Collects items while commits are under way and gives them to `commit` together, which answers with one
 * result per item in the same order. One fsync then carries many callers. An idle one commits at once, or
 * after `lingerMs`, for work that nobody waits for.
 */
export function createSharedCommit<Item, Result>(options: {
  commit(items: Item[]): Promise<Result[]>;
  maxItems: number;
  /** Bounds one commit in bytes as well; a single item may be bigger. */
  maxBytes?: number;
  bytesOf?(item: Item): number;
  maxInFlight: number;
  maxWaiting: number;
  lingerMs?: number;
}): SharedCommit<Item, Result> {
  const { maxItems, maxBytes = Infinity, bytesOf, maxInFlight, maxWaiting, lingerMs = 0 } = options;
  let waiting: Waiting<Item, Result>[] = [];
  let inFlight = 0;
  let timer: NodeJS.Timeout | NodeJS.Immediate | undefined;
  let onIdle: (() => void) | undefined;
  let closed: Promise<void> | undefined;

  const schedule = () => {
    if (waiting.length === 0 && inFlight === 0) onIdle?.();
    if (timer || waiting.length === 0 || inFlight >= maxInFlight) return;
    // Not at once: what else arrives in this turn of the event loop shares the commit.
    timer = lingerMs > 0 && !onIdle ? setTimeout(flush, lingerMs) : setImmediate(flush);
  };

  const takeBatch = () => {
    let count = 0;
    let bytes = 0;
    for (const { item } of waiting) {
      bytes += bytesOf?.(item) ?? 0;
      if (count === maxItems || (count > 0 && bytes > maxBytes)) break;
      count += 1;
    }
    const batch = waiting.slice(0, count);
    waiting = waiting.slice(count);
    return batch;
  };

  const flush = async () => {
    timer = undefined;
    const batch = takeBatch();
    if (batch.length === 0) return schedule();
    inFlight += 1;
    schedule();
    try {
      const results = await options.commit(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => {
        resolve(results[index] as Result);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      inFlight -= 1;
      schedule();
    }
  };

  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new CommitRefusedError('stopping'));
        if (waiting.length >= maxWaiting) return reject(new CommitRefusedError(`${maxWaiting} items wait`));
        waiting.push({ item, resolve, reject });
        schedule();
      }),
    close: () => {
      closed ??= new Promise((resolve) => {
        onIdle = resolve;
        // What lingers need not linger any longer.
        void flush();
      });
      return closed;
    },
  };
}
