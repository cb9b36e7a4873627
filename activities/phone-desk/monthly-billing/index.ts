import { endBilling, listCompaniesToBill, nextBills } from '../../../db/phone-desk/billing/billing-runs.ts';
import type { Deps } from '../../../platform/deps.ts';
import { onCompleted, onEnded, onFailed } from './hooks.ts';

/** What the `monthly-billing` chain does to the outside; contents only. */
export function createMonthlyBillingActivities(deps: Deps) {
  const { db } = deps;
  return {
    listCompaniesToBill: listCompaniesToBill.bind(null, db),
    nextBills: nextBills.bind(null, db),
    endBilling: endBilling.bind(null, db),
    onFailed: onFailed.bind(null, deps),
    onCompleted: onCompleted.bind(null, deps),
    onEnded: onEnded.bind(null, deps),
  };
}

export type MonthlyBillingActivities = ReturnType<typeof createMonthlyBillingActivities>;
