import { isCancellation } from '@temporalio/workflow';
import type { CompanyBillingActivities } from '../../../activities/phone-desk/company-billing/index.ts';
import { findFailure } from '../../../shared/failures.ts';
import { proxyEffects } from '../../lib/effects.ts';
import { proxySteps } from '../../lib/steps.ts';
import { billingEffect, databaseStep } from '../../policies.ts';
import type { BillKey, CompanyBillingResult } from './contract.ts';

const steps = proxySteps<CompanyBillingActivities>(databaseStep);
const stripe = proxyEffects<CompanyBillingActivities>(billingEffect);

/**
 * One company's bill of a month: what it used is measured and fixed, drafted at Stripe line by line, and made due only
 * when the draft says the same as the bill. Until then nothing is owed.
 */
export async function companyBilling(key: BillKey): Promise<CompanyBillingResult> {
  try {
    const bill = await steps.fixCompanyBill(key);
    if (bill.status !== 'due') return { status: bill.status };
    const invoiceId = await stripe.createInvoice(key);
    for (const kind of bill.lines) await stripe.addInvoiceLine(key, invoiceId, kind);
    await stripe.finalizeInvoice(key, invoiceId);
    return { status: 'invoiced' };
  } catch (error) {
    const reason = isCancellation(error)
      ? 'stopped on request'
      : (findFailure(error)?.message ?? 'Stripe could not be reached in time');
    await steps.noteFailedBill(key, reason);
    return { status: 'failed', reason };
  }
}
