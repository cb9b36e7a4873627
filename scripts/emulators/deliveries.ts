import { randomUUID } from 'node:crypto';
import type { OutgoingWebhook } from '../../shared/emulator.ts';
import type { FaultBook } from './faults.ts';
import type { EmulatorStore } from './store.ts';

/** Posts under way at once; further ones wait, so a burst does not use up the sockets of the machine. */
const MAX_POSTS = 200;
const REORDER_HOLD_MS = 1_000;
const COLLECTION = 'pendingWebhooks';

interface PendingWebhook {
  id: string;
  webhook: OutgoingWebhook;
  /** Attempts made so far. */
  attempts: number;
  /** Milliseconds since the epoch. */
  dueAt: number;
}

type SignAttempt = (
  vendor: string,
  webhook: OutgoingWebhook,
) => Record<string, string> | Promise<Record<string, string>>;

export interface Deliveries {
  enqueue(vendor: string, webhook: OutgoingWebhook): void;
  /** Takes up what was pending when the process ended. */
  resume(vendor: string): void;
  close(): void;
}

/** Posts webhooks with the vendors' retries; what is pending lives in the store and survives a kill. */
export function createDeliveries(store: EmulatorStore, faults: FaultBook, sign: SignAttempt): Deliveries {
  let closed = false;
  const underWay = new Set<AbortController>();
  const timers = new Set<NodeJS.Timeout>();
  const waiting: (() => Promise<void>)[] = [];
  /** Webhooks that a `reorder` fault holds until another one of the vendor has been posted. */
  const held = new Map<string, { vendor: string; release: () => void }>();
  let posts = 0;

  const pending = (vendor: string) => store.collection<PendingWebhook>(vendor, COLLECTION);

  const later = (delayMs: number, action: () => void) => {
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        action();
      },
      Math.max(0, delayMs),
    );
    timers.add(timer);
  };

  const pump = () => {
    while (posts < MAX_POSTS && !closed) {
      const next = waiting.shift();
      if (!next) return;
      posts += 1;
      void next().finally(() => {
        posts -= 1;
        pump();
      });
    }
  };

  const schedule = (vendor: string, { id, dueAt }: PendingWebhook) =>
    later(dueAt - Date.now(), () => attempt(vendor, id));

  const send = (vendor: string, id: string, copies: number) => {
    waiting.push(async () => {
      const item = pending(vendor).get(id);
      if (!item) return;
      const sent = await Promise.all(Array.from({ length: copies }, () => post(vendor, item.webhook)));
      // A post cut short by closing stays pending: the next start repeats it.
      if (closed) return;
      for (const status of sent.slice(1)) settle(vendor, item, status, false);
      settle(vendor, item, sent[0] ?? 0, true);
      for (const [other, { vendor: owner, release }] of held) {
        if (owner === vendor && other !== id) release();
      }
    });
    pump();
  };

  const post = async (vendor: string, webhook: OutgoingWebhook): Promise<number> => {
    const cut = new AbortController();
    const timer = setTimeout(() => cut.abort(), webhook.timeoutMs);
    underWay.add(cut);
    try {
      const response = await fetch(webhook.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(await sign(vendor, webhook)) },
        body: webhook.body,
        redirect: 'manual',
        signal: cut.signal,
      });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return 0;
    } finally {
      clearTimeout(timer);
      underWay.delete(cut);
    }
  };

  /** Writes the attempt into the ledger (`status` null: it never left) and decides what comes next. */
  const settle = (vendor: string, item: PendingWebhook, status: number | null, decides: boolean) => {
    const { webhook, id } = item;
    const attempts = item.attempts + 1;
    const delivered = status !== null && status >= 200 && status < 300;
    const gapMs = webhook.retryDelaysMs[item.attempts];
    const next =
      !decides || delivered || gapMs === undefined ? null : { ...item, attempts, dueAt: Date.now() + gapMs };
    store.commit(() => {
      // Gone means that the state was deleted meanwhile.
      const known = pending(vendor).get(id) !== undefined;
      if (known && decides) {
        if (next) pending(vendor).put(id, next);
        else pending(vendor).delete(id);
      }
      const { operation, key, url, body } = webhook;
      const entry = {
        vendor,
        operation,
        key,
        status: status ?? 0,
        request: { url, body },
        response: { attempt: attempts },
      };
      return { result: null, keep: known, ...(status !== null && { entry }) };
    });
    if (next) schedule(vendor, next);
  };

  const attempt = (vendor: string, id: string) => {
    const item = pending(vendor).get(id);
    if (!item) return;
    const fault = faults.take(vendor, item.webhook.operation, ['before', 'delay', 'duplicate', 'reorder']);
    switch (fault?.mode) {
      case 'before':
        return settle(vendor, item, null, true);
      case 'delay':
        return later(fault.delayMs ?? 0, () => send(vendor, id, 1));
      case 'duplicate':
        return send(vendor, id, 2);
      case 'reorder': {
        const release = () => {
          if (held.delete(id)) send(vendor, id, 1);
        };
        held.set(id, { vendor, release });
        return later(fault.delayMs ?? REORDER_HOLD_MS, release);
      }
      default:
        return send(vendor, id, 1);
    }
  };

  return {
    enqueue(vendor, webhook) {
      const id = randomUUID();
      const item = { id, webhook, attempts: 0, dueAt: Date.now() + (webhook.delayMs ?? 0) };
      pending(vendor).put(id, item);
      schedule(vendor, item);
    },
    resume(vendor) {
      for (const item of pending(vendor).values()) schedule(vendor, item);
    },
    close() {
      closed = true;
      for (const cut of underWay) cut.abort();
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
