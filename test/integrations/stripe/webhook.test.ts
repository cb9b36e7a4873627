import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  InvalidStripeEventError,
  isFollowed,
  parseStripeEvent,
  verifyStripeSignature,
} from '../../../integrations/stripe/webhook.ts';
import { eventually, type Receiver, startReceiver } from '../../emulators/fixture.ts';
import { priceId, startStripe, webhookSecret } from './fixture.ts';

const body = '{"id":"evt_1","object":"event"}';
const rawBody = Buffer.from(body);
const NOW_S = 1_780_000_000;
const nowMs = NOW_S * 1000;
const sign = (secret: string, timestamp = NOW_S, payload = body) =>
  Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
const check = (header: string | undefined, secrets = ['whsec_a']) =>
  verifyStripeSignature({ rawBody, header, secrets, nowMs });

describe('a signature', () => {
  it('of the library is taken, under any of the secrets', () => {
    expect(check(sign('whsec_a'))).toEqual({ ok: true });
    expect(check(sign('whsec_old'), ['whsec_new', 'whsec_old'])).toEqual({ ok: true });
    const [, newDigest] = sign('whsec_new').split(',');
    expect(check(`${sign('whsec_old')},${newDigest}`, ['whsec_new'])).toEqual({ ok: true });
  });

  it.each([
    ['none', undefined, 'missing'],
    ['other words', 'v1=abc', 'malformed'],
    ['no v1', `t=${NOW_S},v0=${'0'.repeat(64)}`, 'malformed'],
    ['another secret', sign('whsec_b'), 'mismatch'],
    ['another body', sign('whsec_a', NOW_S, `${body} `), 'mismatch'],
    ['one of five minutes ago', sign('whsec_a', NOW_S - 301), 'stale'],
    ['one of the future', sign('whsec_a', NOW_S + 301), 'ahead'],
  ])('that is %s is refused', (_what, header, reason) => {
    expect(check(header)).toEqual({ ok: false, reason });
  });

  it('is taken at the very edge of both directions, and never without a secret', () => {
    expect(check(sign('whsec_a', NOW_S - 300))).toEqual({ ok: true });
    expect(check(sign('whsec_a', NOW_S + 300))).toEqual({ ok: true });
    expect(check(sign(''), [])).toEqual({ ok: false, reason: 'no-secret' });
  });
});

const read = (event: object) => parseStripeEvent(Buffer.from(JSON.stringify(event)));

describe('an event', () => {
  it('is read from a snapshot and from a thin notification alike', () => {
    const invoice = { object: 'invoice', id: 'in_1', customer: 'cus_1' };
    expect(read({ object: 'event', id: 'evt_1', type: 'invoice.paid', data: { object: invoice } })).toEqual({
      id: 'evt_1',
      type: 'invoice.paid',
      about: { type: 'invoice', id: 'in_1' },
      customerId: 'cus_1',
    });
    const related_object = { id: 'in_1', type: 'invoice', url: '/v1/invoices/in_1' };
    expect(read({ object: 'v2.core.event', id: 'evt_2', type: 'v1.invoice.paid', related_object })).toEqual({
      id: 'evt_2',
      type: 'invoice.paid',
      about: { type: 'invoice', id: 'in_1' },
      customerId: null,
    });
  });

  it('names its customer also where that is expanded or is the object itself', () => {
    const of = (object: object) =>
      read({ object: 'event', id: 'evt_1', type: 'x', data: { object } }).customerId;
    expect(of({ object: 'charge', id: 'ch_1', customer: { id: 'cus_1' } })).toBe('cus_1');
    expect(of({ object: 'customer', id: 'cus_2' })).toBe('cus_2');
    expect(of({ object: 'balance' })).toBeNull();
  });

  it.each([
    ['{', 'json'],
    ['[]', 'fields'],
    ['{"object":"event","id":"evt 1","type":"x","data":{"object":{"object":"y"}}}', 'fields'],
    ['{"object":"list","data":[]}', 'fields'],
  ])('%s cannot be read', (text, reason) => {
    const parse = () => parseStripeEvent(Buffer.from(text));
    expect(parse).toThrow(InvalidStripeEventError);
    expect(parse).toThrow(expect.objectContaining({ reason }));
  });

  it('is followed where a subscription may have changed', () => {
    const followed = [
      'invoice.paid',
      'invoice.payment_succeeded',
      'invoice.payment_failed',
      'customer.subscription.deleted',
      'customer.deleted',
      'charge.refunded',
    ];
    expect(followed.filter((type) => !isFollowed(type))).toEqual([]);
    expect(
      ['invoice.upcoming', 'payout.paid', 'customer.updated', 'invoice.created'].filter(isFollowed),
    ).toEqual([]);
  });
});

describe('what the emulator delivers', () => {
  let world: Awaited<ReturnType<typeof startStripe>>;
  let receiver: Receiver;
  beforeAll(async () => {
    [world, receiver] = await Promise.all([startStripe(), startReceiver()]);
    await world.host.seed({
      stripe: {
        webhook_endpoints: [
          { url: receiver.url, enabled_events: ['invoice.paid'] },
          { url: receiver.url, enabled_events: ['invoice.paid'], event_payload: 'thin' },
        ],
      },
    });
  });
  afterAll(() => Promise.all([world.host.close(), receiver.close()]));

  it('is signed as the library and we expect, in both shapes, and repeated until it is taken', async () => {
    receiver.answers.push(500);
    const { id: customer } = await world.customer();
    await world.stripe.subscriptions.create({ customer, items: [{ price: priceId }] });
    const got = await eventually(
      () => receiver.received,
      ({ length }) => length === 3,
    );
    const ids = new Set<string>();
    for (const { body: text, headers } of got) {
      const header = headers['stripe-signature'] as string;
      expect(
        verifyStripeSignature({
          rawBody: Buffer.from(text),
          header,
          secrets: [webhookSecret],
          nowMs: Date.now(),
        }),
      ).toEqual({ ok: true });
      const event = parseStripeEvent(Buffer.from(text));
      expect(event.type).toBe('invoice.paid');
      ids.add(event.id);
      if (text.includes('v2.core.event')) {
        const notification = world.stripe.parseEventNotification(text, header, webhookSecret);
        expect(await notification.fetchEvent()).toMatchObject({ id: event.id, type: 'v1.invoice.paid' });
      } else {
        expect(world.stripe.webhooks.constructEvent(text, header, webhookSecret).api_version).toBe(
          '2026-10-28.endive',
        );
        expect(event.customerId).toBe(customer);
      }
    }
    expect(ids.size).toBe(2);
  });
});
