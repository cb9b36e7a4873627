import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  blockReasons,
  type ChannelFacts,
  channels,
  nextChannel,
  notificationKinds,
  planChannels,
  reasonAgainst,
} from '../../../shared/messages/channels.ts';
import { type Delivery, deliveries, isNews } from '../../../shared/messages/delivery.ts';
import { smsSize } from '../../../shared/messages/sms-segments.ts';

const facts = fc.record({
  kind: fc.constantFrom(...notificationKinds),
  order: fc.shuffledSubarray([...channels], { minLength: 1 }),
  ownOrder: fc.boolean(),
  atOnce: fc.integer({ min: 1, max: 4 }),
  hasEmail: fc.boolean(),
  hasMobile: fc.boolean(),
  hasDevice: fc.boolean(),
  smsEnabled: fc.boolean(),
  whatsappEnabled: fc.boolean(),
  hasWhatsappTemplate: fc.boolean(),
  blocks: fc.array(
    fc.record({ channel: fc.constantFrom(...channels), reason: fc.constantFrom(...blockReasons) }),
    { maxLength: 4 },
  ),
}) satisfies fc.Arbitrary<ChannelFacts>;

const isOwnWord = (reason: string | null) => reason === 'opted-out' || reason === 'no-reminders';

describe('the plan of a message', () => {
  it('uses only what nothing stands against, reaches whoever can be reached, and goes round nobody’s no', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const planned = planChannels(given);
        const used = planned.filter(({ skipReason }) => skipReason === null);
        for (const { channel, skipReason } of planned) expect(skipReason).toBe(reasonAgainst(channel, given));
        expect(new Set(planned.map(({ channel }) => channel)).size).toBe(planned.length);
        expect(used.length).toBeLessThanOrEqual(Math.max(1, given.atOnce));
        const first = given.order.slice(0, given.atOnce);
        const saidNo = first.some((channel) => isOwnWord(reasonAgainst(channel, given)));
        const reachable = given.order.some((channel) => reasonAgainst(channel, given) === null);
        if (reachable && !(saidNo && !given.ownOrder)) expect(used).not.toEqual([]);
        if (saidNo && !given.ownOrder) {
          expect(used.every(({ channel }) => first.includes(channel))).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('switches to another channel each time until there is none, and then stops', () => {
    fc.assert(
      fc.property(facts, fc.array(fc.boolean()), (given, optOuts) => {
        const tried = planChannels(given).map(({ channel }) => channel);
        for (let step = 0; ; step += 1) {
          const optedOut = optOuts[step] ?? false;
          const next = nextChannel(given, tried, optedOut);
          if (next === null) break;
          expect(tried).not.toContain(next);
          expect(given.order).toContain(next);
          expect(reasonAgainst(next, given)).toBeNull();
          expect(optedOut && !given.ownOrder).toBe(false);
          tried.push(next);
          expect(step).toBeLessThan(channels.length);
        }
      }),
      { numRuns: 500 },
    );
  });
});

it('a report never goes back, whatever order the reports come in', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...deliveries), { minLength: 1 }), (reports) => {
      const seen: Delivery[] = [];
      for (const report of reports) if (isNews(seen.at(-1) ?? null, report)) seen.push(report);
      for (const [index, state] of seen.entries()) {
        const before = seen[index - 1];
        if (before) expect(deliveries.indexOf(state)).toBeGreaterThan(deliveries.indexOf(before));
        if (before === 'delivered') expect(state).toBe('read');
        if (before === 'failed' || before === 'read') expect.fail(`${state} after ${before}`);
      }
      expect(isNews(seen.at(-1)!, seen.at(-1)!)).toBe(false);
    }),
  );
});

describe('the size of an SMS', () => {
  it.each([
    ['a'.repeat(160), 'GSM-7', 1],
    ['a'.repeat(161), 'GSM-7', 2],
    ['a'.repeat(306), 'GSM-7', 2],
    ['a'.repeat(307), 'GSM-7', 3],
    ['ä'.repeat(160), 'GSM-7', 1],
    ['€'.repeat(80), 'GSM-7', 1],
    ['€'.repeat(81), 'GSM-7', 2],
    ['✓'.repeat(70), 'UCS-2', 1],
    ['✓'.repeat(71), 'UCS-2', 2],
    ['😀'.repeat(35), 'UCS-2', 1],
    ['😀'.repeat(36), 'UCS-2', 2],
  ] as const)('%s is %s in %i', (text, encoding, segments) => {
    expect(smsSize(text)).toMatchObject({ encoding, segments });
  });
});
