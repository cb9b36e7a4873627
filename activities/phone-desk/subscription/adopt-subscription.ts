import { noticesToSend } from '../../../db/phone-desk/subscription/subscription-notices.ts';
import {
  endSubscription,
  forgetCustomer,
  lockSubscription,
  readBillingAccount,
} from '../../../db/phone-desk/subscription/subscriptions.ts';
import type { Deps } from '../../../platform/deps.ts';
import { isOver } from '../../../shared/subscriptions/standing.ts';
import { foldAccount } from './fold-account.ts';
import { readAccount } from './read-account.ts';
import { closeBookings } from './suspension.ts';
import { writeAccount } from './write-account.ts';

const MINUTE_MS = 60_000;

/** What a look at Stripe has found; ids only. */
export interface AdoptedSubscription {
  /** `none`: the company has no subscription; `over`: it has ended; `gone`: there is no such company. */
  standing: 'runs' | 'over' | 'none' | 'gone';
  /** Notices to be sent, or of which nobody knows. */
  notices: string[];
  /** Stripe is asked again after this, whether it tells something or not. */
  lookAgainInMs: number;
}

/**
 * Reads a company's account at Stripe and writes it down: subscription, invoices, whether bookings are taken, and what
 * the company is to be told. What stands there is the truth; however often and in which order it was told, the outcome
 * is the same. Of two readings the younger one stays.
 */
export async function adoptSubscription(deps: Deps, companyId: string): Promise<AdoptedSubscription> {
  const longestMs = deps.env.SUBSCRIPTION_LOOK_MS;
  const known = await readBillingAccount(deps.db, companyId);
  if (!known) return { standing: 'gone', notices: [], lookAgainInMs: longestMs };
  const reading = known.customerId ? await readAccount(deps, companyId, known.customerId) : null;

  return deps.db.transaction().execute(async (trx) => {
    const before = await lockSubscription(trx, companyId);
    let { status } = before;
    let dueInMs: number | null = null;
    // An older answer than what stands here says nothing, nor does one about another customer.
    const news =
      reading !== null &&
      before.stripe_customer_id === known.customerId &&
      (before.read_at === null || before.read_at <= reading.readAt);
    if (news && reading.account) {
      const folded = foldAccount(reading.account, before.currency);
      await writeAccount(deps, trx, companyId, before, folded, reading);
      status = folded.state.status;
      dueInMs = folded.nextDueInMs;
    } else if (news) {
      // Whoever deletes a customer at Stripe ends what the customer has there.
      if (status !== 'none' && !isOver(status)) {
        await endSubscription(trx, companyId, deps.clock(), reading.readAt);
        await closeBookings(deps, trx, companyId, before);
        status = 'canceled';
      }
      await forgetCustomer(trx, companyId);
    }
    const notices = (await noticesToSend(trx, companyId)).map(({ id }) => id);
    const lookAgainInMs = Math.min(longestMs, Math.max(MINUTE_MS, dueInMs ?? longestMs));
    return { standing: standingOf(status), notices, lookAgainInMs };
  });
}

function standingOf(status: string): AdoptedSubscription['standing'] {
  if (status === 'none') return 'none';
  return isOver(status) ? 'over' : 'runs';
}
