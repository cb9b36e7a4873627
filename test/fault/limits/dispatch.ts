import type { FleetEvents, Hand } from './fleet.ts';
import type { PlannedLimit } from './plan.ts';
import { createVendor, type Order } from './vendor.ts';

export interface Dispatch extends FleetEvents {
  /** Orders that are not done. */
  readonly open: number;
  /** Orders that another worker got because theirs had died. */
  readonly handedOn: number;
  close(): void;
}

/**
 * Hands orders out: of each limit as many at a time as want to pass it, to the worker that has the fewest. What a dead
 * worker had goes to the others, as it stands at the vendor.
 */
export function createDispatch(limits: PlannedLimit[], orders: Order[]): Dispatch {
  const byId = new Map(orders.map((order) => [order.id, order]));
  const next = new Map(limits.map(({ name }) => [name, orders.filter(({ limit }) => limit.name === name)]));
  const under = new Map(limits.map(({ name }) => [name, 0]));
  const hands = new Map<Hand, Set<Order>>();
  const handOf = new Map<Order, Hand>();
  const orphans: Order[] = [];
  let open = orders.length;
  let handedOn = 0;
  const vendor = createVendor((order) => handOf.get(order)?.tell({ do: 'end', id: order.id }));

  function give(order: Order): boolean {
    const [least] = [...hands].sort(([, a], [, b]) => a.size - b.size);
    if (!least) return false;
    const [hand, own] = least;
    own.add(order);
    handOf.set(order, hand);
    const { orders: _, ...limit } = order.limit;
    hand.tell({ do: 'order', id: order.id, group: order.group, limit, state: order.state });
    return true;
  }

  function handOut(): void {
    while (orphans[0] && give(orphans[0])) orphans.shift();
    for (const { name, wanting } of limits) {
      const waiting = next.get(name)!;
      while (under.get(name)! < wanting && waiting[0] && give(waiting[0])) {
        waiting.shift();
        under.set(name, under.get(name)! + 1);
      }
    }
  }

  function finish(order: Order): void {
    const hand = handOf.get(order);
    if (hand) hands.get(hand)?.delete(order);
    handOf.delete(order);
    open -= 1;
    under.set(order.limit.name, under.get(order.limit.name)! - 1);
    handOut();
  }

  return {
    get open() {
      return open;
    },
    get handedOn() {
      return handedOn;
    },
    started(hand) {
      hands.set(hand, new Set());
      handOut();
    },
    told(_hand, message) {
      if (message.did === 'stand-by') return;
      const order = byId.get(message.id)!;
      if (message.did === 'effect') {
        const first = order.times === 0;
        vendor.receive(order);
        if (first && order.state === 'done') finish(order);
        return;
      }
      order.state = 'done';
      finish(order);
      for (const id of message.callUp) handOf.get(byId.get(id)!)?.tell({ do: 'call-up', id });
    },
    gone(hand) {
      const own = [...(hands.get(hand) ?? [])];
      hands.delete(hand);
      for (const order of own) handOf.delete(order);
      handedOn += own.length;
      orphans.push(...own);
      handOut();
    },
    close: () => vendor.close(),
  };
}
