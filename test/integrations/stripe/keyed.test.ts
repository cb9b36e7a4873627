import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { underKey } from '../../../integrations/stripe/keyed.ts';

const { StripeCardError, StripeInvalidRequestError } = Stripe.errors;
const refusal = { message: 'no', headers: {} as Record<string, string>, statusCode: 400 };
const replayed = { ...refusal, headers: { 'idempotent-replayed': 'true' } };

/** Sends under a key that these errors answer, one after the other; returns the keys that were used. */
async function keysUsed(errors: Error[]): Promise<{ keys: string[]; failed: boolean }> {
  const keys: string[] = [];
  const sent = underKey('key', async ({ idempotencyKey }) => {
    keys.push(idempotencyKey);
    const error = errors.shift();
    if (error) throw error;
  });
  return {
    failed: await sent.then(
      () => false,
      () => true,
    ),
    keys,
  };
}

describe('a request under a key', () => {
  it('that Stripe refused yesterday is asked anew, now that it is put right', async () => {
    const error = new StripeInvalidRequestError({ ...replayed, type: 'invalid_request_error' });
    expect(await keysUsed([error])).toEqual({ keys: ['key', 'key~2'], failed: false });
  });

  it('that is refused now stays refused, and so does a card that was declined', async () => {
    const now = new StripeInvalidRequestError({ ...refusal, type: 'invalid_request_error' });
    const card = new StripeCardError({ ...replayed, statusCode: 402, type: 'card_error' });
    for (const error of [now, card]) {
      expect(await keysUsed([error])).toEqual({ keys: ['key'], failed: true });
    }
  });
});
