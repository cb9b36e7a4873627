import { z } from 'zod';
import type { Books } from './books.ts';
import { invalid } from './errors.ts';
import type { Events } from './events.ts';
import { moment } from './form.ts';
import type { Invoices } from './invoices.ts';
import { periodEnd } from './prices.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { TestClock } from './wire.ts';

const DAY_S = 86_400;

export const createClockSchema = z.strictObject({ frozen_time: moment, name: z.string().optional() });
export const advanceClockSchema = z.strictObject({ frozen_time: moment });

/** Test clocks: what lives by one happens when it is advanced, in the order of its time. */
export function stripeClocks(books: Books, events: Events, subscriptions: Subscriptions, invoices: Invoices) {
  /** What happens first by this clock, at or before `until`. */
  function firstDue(clock: string, until: number): { at: number; happen(): void } | null {
    const due: { at: number; happen(): void }[] = [];
    for (const subscription of books.subscriptions.all()) {
      const next = subscription.test_clock === clock ? subscriptions.next(subscription) : null;
      if (next) due.push(next);
    }
    for (const invoice of books.invoices.all()) {
      if (invoice.test_clock !== clock || !invoice.auto_advance) continue;
      const { id, status, automatically_finalizes_at: finalizes, next_payment_attempt: collects } = invoice;
      if (status === 'draft' && finalizes !== null) {
        due.push({ at: finalizes, happen: () => void invoices.finalize(id, finalizes) });
      }
      if (status === 'open' && collects !== null) {
        due.push({
          at: collects,
          happen: () => void invoices.collect(id, collects, invoices.cardOf(invoice)),
        });
      }
    }
    const [first] = due.sort((a, b) => a.at - b.at);
    return first && first.at <= until ? first : null;
  }

  /** As far as a clock may go at once: two periods of its shortest subscription, or two years. */
  function limitOf({ id, frozen_time: now }: TestClock): number {
    const ends = books.subscriptions
      .all()
      .filter(({ test_clock, ended_at }) => test_clock === id && ended_at === null)
      .map(({ items }) => {
        const { price } = items.data[0]!;
        return periodEnd(now, periodEnd(now, now, price), price);
      });
    return ends.length > 0 ? Math.min(...ends) : now + 730 * DAY_S;
  }

  return {
    create({ frozen_time, name }: z.output<typeof createClockSchema>): TestClock {
      return books.clocks.put({
        id: books.nextId('clock_'),
        object: 'test_helpers.test_clock',
        created: Math.floor(Date.now() / 1000),
        deletes_after: Math.floor(Date.now() / 1000) + 30 * DAY_S,
        frozen_time,
        livemode: false,
        name: name ?? null,
        status: 'ready',
        status_details: {},
      });
    },
    /** The vendor takes its time and says `advancing`; here it is ready when it is asked the next time. */
    advance(id: string, target: number) {
      const clock = books.clocks.get(id);
      if (target <= clock.frozen_time) {
        throw invalid('The new frozen_time must be after the current frozen_time.', { param: 'frozen_time' });
      }
      if (target > limitOf(clock)) {
        throw invalid(
          'Advancing the clock too far: at most two intervals from the current frozen time, by its shortest subscription.',
          { param: 'frozen_time' },
        );
      }
      const move = (to: number) => books.clocks.put({ ...books.clocks.get(id), frozen_time: to });
      for (let due = firstDue(id, target); due; due = firstDue(id, target)) {
        move(Math.max(due.at, books.clocks.get(id).frozen_time));
        due.happen();
      }
      const ready = move(target);
      events.emit('test_helpers.test_clock.ready', ready, target);
      return {
        ...ready,
        status: 'advancing',
        frozen_time: clock.frozen_time,
        status_details: { advancing: { target_frozen_time: target } },
      };
    },
  };
}
