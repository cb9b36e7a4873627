import { findFailure } from '../../../shared/failures.ts';
import { conflict, unavailable } from '../../http-problem.ts';

const RETRY_AFTER_S = 10;

/** Asks Stripe while the caller waits: a refusal is a 409, an outage a 503 that says when to come back. */
export async function askStripe<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const failed = findFailure(error);
    if (!failed) throw error;
    if (failed.type === 'VendorRejected') {
      const { code = 'refused' } = (failed.details?.[0] ?? {}) as { code?: string };
      throw conflict('stripe-refused', `Stripe refuses it: ${code}.`);
    }
    if (failed.nonRetryable) throw error;
    throw unavailable('stripe-unavailable', 'Stripe cannot be asked now. Ask again.', RETRY_AFTER_S);
  }
}
