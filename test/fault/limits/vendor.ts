import type { OrderState } from './messages.ts';
import type { PlannedLimit } from './plan.ts';

/** An effect that somebody wants, and what became of it at the vendor. Moments by this process's clock. */
export interface Order {
  id: string;
  limit: PlannedLimit;
  group: string;
  state: OrderState;
  holdMs: number;
  startedAtMs: number | null;
  endedAtMs: number | null;
  /** More than one: it was done twice. */
  times: number;
}

/** What is wanted in all, in the order in which it is handed out. */
export function writeOrders(limits: PlannedLimit[], random: () => number): Order[] {
  return limits.flatMap((limit) =>
    Array.from({ length: limit.orders }, (_, number): Order => {
      const holdMs =
        limit.kind === 'places' ? limit.holdMs.from + random() * (limit.holdMs.to - limit.holdMs.from) : 0;
      return {
        ...{ id: `${limit.name}/${number}`, limit, holdMs, state: 'waiting', times: 0 },
        group: random() < 0.5 ? 'even' : 'odd',
        startedAtMs: null,
        endedAtMs: null,
      };
    }),
  );
}

const nowMs = () => performance.timeOrigin + performance.now();

/** The vendor's own book: what arrives has happened, at the moment of its arrival. `ended` tells when one is over. */
export function createVendor(ended: (order: Order) => void) {
  const running = new Set<NodeJS.Timeout>();
  return {
    receive(order: Order): void {
      order.times += 1;
      if (order.times > 1) return;
      order.startedAtMs = nowMs();
      if (order.limit.kind === 'rate') {
        order.state = 'done';
        return;
      }
      order.state = 'started';
      const timer = setTimeout(() => {
        running.delete(timer);
        order.endedAtMs = nowMs();
        order.state = 'ended';
        ended(order);
      }, order.holdMs);
      running.add(timer);
    },
    close(): void {
      for (const timer of running) clearTimeout(timer);
    },
  };
}
