import { z } from 'zod';
import type { Books } from './books.ts';
import { invalid } from './errors.ts';
import type { Events } from './events.ts';
import { cents, mergeMetadata, metadata } from './form.ts';
import type { Charge, Refund } from './wire.ts';

export const createRefundSchema = z.strictObject({
  payment_intent: z.string().optional(),
  charge: z.string().optional(),
  amount: cents.pipe(z.number().positive('must be greater than or equal to 1')).optional(),
  reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
  metadata: metadata.optional(),
});

const money = (amount: number, currency: string) => `${(amount / 100).toFixed(2)} ${currency.toUpperCase()}`;

export function stripeRefunds(books: Books, events: Events) {
  function chargeOf({ charge, payment_intent: intentId }: z.output<typeof createRefundSchema>): Charge {
    if (charge) return books.charges.get(charge, 'charge');
    if (!intentId)
      throw invalid(
        'One of the following params should be provided for this request: payment_intent or charge.',
      );
    const intent = books.paymentIntents.get(intentId, 'payment_intent');
    if (intent.status === 'succeeded' && intent.latest_charge) return books.charges.get(intent.latest_charge);
    throw invalid(`This PaymentIntent (${intentId}) does not have a successful charge to refund.`, {
      param: 'payment_intent',
    });
  }

  return {
    create(input: z.output<typeof createRefundSchema>): Refund {
      const charge = chargeOf(input);
      const left = charge.amount_captured - charge.amount_refunded;
      if (left === 0) {
        throw invalid(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' });
      }
      const amount = input.amount ?? left;
      if (amount > left) {
        const than = charge.amount_refunded > 0 ? 'unrefunded amount on charge' : 'charge amount';
        const asked = money(amount, charge.currency);
        throw invalid(`Refund amount (${asked}) is greater than ${than} (${money(left, charge.currency)})`, {
          param: 'amount',
        });
      }
      const at = books.now(books.customers.get(charge.customer).test_clock);
      const refund = books.refunds.put({
        id: books.nextId('re_'),
        object: 'refund',
        amount,
        charge: charge.id,
        created: at,
        currency: charge.currency,
        customer: charge.customer,
        metadata: mergeMetadata({}, input.metadata),
        payment_intent: charge.payment_intent,
        reason: input.reason ?? null,
        status: 'succeeded',
      });
      const refunded = charge.amount_refunded + amount;
      const changed = books.charges.put({
        ...charge,
        amount_refunded: refunded,
        refunded: refunded === charge.amount_captured,
      });
      events.emit('charge.refunded', changed, at);
      events.emit('refund.created', refund, at);
      return refund;
    },
  };
}
