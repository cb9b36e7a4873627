import { recordAudit } from '../../db/audit.ts';
import type { Db } from '../../db/connect.ts';
import {
  findCompanyByCustomer,
  findCompanyByObject,
} from '../../db/phone-desk/subscription/subscriptions.ts';
import type { Deps } from '../../platform/deps.ts';
import { isFailure } from '../../shared/failures.ts';

export type StripeOwners = (object: { type: string; id: string }) => Promise<string | null>;

/**
 * Whose an object of Stripe is that a thin event named: asked at Stripe. What is nobody's, or not there any more, is
 * null and stands in the audit log. Throws while Stripe cannot be asked: the event stays pending.
 */
export function createStripeOwners(
  deps: { db: Db } & Pick<Deps, 'stripe' | 'stripeFailure' | 'reads'>,
): StripeOwners {
  const { db, stripe, stripeFailure, reads } = deps;
  return async (object) => {
    const entity = `stripe/${object.type}/${object.id}`;
    const known = await findCompanyByObject(db, object);
    if (known) return known;
    const customerId = await reads
      .read({
        vendor: 'stripe',
        operation: 'owner.read',
        companyId: null,
        entity,
        classify: stripeFailure,
        ask: () => stripe.ownerOf(object),
      })
      .catch((error: unknown) => {
        if (isFailure(error, 'VendorRejected')) return null;
        throw error;
      });
    const companyId = customerId ? await findCompanyByCustomer(db, customerId) : undefined;
    if (companyId) return companyId;
    await recordAudit(db, {
      actor: 'webhook:stripe',
      action: 'webhook.unowned',
      entity,
      requestId: null,
      detail: { customerId },
    });
    return null;
  };
}
