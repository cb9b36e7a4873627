import type { Kysely } from 'kysely';
import { clearAlert, raiseAlert } from '../../../db/alerts.ts';
import { knownOddInvoices, writeInvoices } from '../../../db/phone-desk/billing/invoices.ts';
import {
  fileNotices,
  type NewNotice,
  remindersOf,
  skipReminders,
} from '../../../db/phone-desk/subscription/subscription-notices.ts';
import {
  type LockedSubscription,
  setSuspended,
  writeSubscription,
} from '../../../db/phone-desk/subscription/subscriptions.ts';
import type { Database } from '../../../db/tables/database.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { FoldedAccount } from './fold-account.ts';
import type { AccountReading } from './read-account.ts';
import { closeBookings } from './suspension.ts';

/** Writes down what a reading means: the rows, whether bookings are taken, notices, and what operators must know. */
export async function writeAccount(
  deps: Deps,
  trx: Kysely<Database>,
  companyId: string,
  before: LockedSubscription,
  folded: FoldedAccount,
  { readAt }: AccountReading,
): Promise<void> {
  const oddBefore = await knownOddInvoices(trx, companyId);
  await writeSubscription(trx, companyId, folded.state, readAt);
  await writeInvoices(
    trx,
    folded.invoices.map((invoice) => ({ ...invoice, company_id: companyId })),
  );
  if (folded.access === 'closed') await closeBookings(deps, trx, companyId, before);
  if (folded.access === 'open' && before.suspended_at !== null) await setSuspended(trx, companyId, null);
  await file(trx, companyId, folded);
  await tellOperators(trx, companyId, folded, oddBefore);
}

/** What the company is told: each step of an invoice and each end of a trial once. */
async function file(trx: Kysely<Database>, companyId: string, folded: FoldedAccount): Promise<void> {
  const { state, invoices, overdue, access, trialEnding } = folded;
  const notices: NewNotice[] = [];
  if (trialEnding) {
    const about = `${state.stripe_subscription_id}@${state.trial_ends_at!.toISOString()}`;
    notices.push({ kind: 'trial-ending', about, invoiceId: null });
  }
  if (access === 'open') {
    for (const { invoiceId, stage } of overdue) {
      const kind = `payment-failed-${stage}` as const;
      await skipReminders(trx, companyId, { invoiceIds: [invoiceId], but: kind, reason: 'overtaken' });
      notices.push({ kind, about: invoiceId, invoiceId });
    }
  }
  const settled = invoices.filter(({ status }) => status === 'paid' || status === 'void').map(({ id }) => id);
  await skipReminders(trx, companyId, { invoiceIds: settled, reason: 'settled' });
  const reminded = new Set((await remindersOf(trx, companyId)).map(({ invoice_id }) => invoice_id));
  for (const { id, status, odd_currency } of invoices) {
    if (status !== 'paid' || odd_currency || !reminded.has(id)) continue;
    notices.push({ kind: 'paid-again', about: id, invoiceId: id });
  }
  await fileNotices(trx, companyId, notices);
}

/** An invoice in another currency, or two subscriptions at once, is for a person to put right. */
async function tellOperators(
  trx: Kysely<Database>,
  companyId: string,
  { invoices, running }: FoldedAccount,
  oddBefore: string[],
): Promise<void> {
  const kind = 'invoice-in-another-currency';
  const open = invoices.filter(
    ({ odd_currency, status, paid_cents, refunded_cents }) =>
      odd_currency && (status === 'open' || (status === 'paid' && paid_cents > refunded_cents)),
  );
  for (const { id, currency, total_cents } of open) {
    await raiseAlert(trx, { kind, companyId, entity: id, detail: { currency, totalCents: total_cents } });
  }
  const over = oddBefore.filter((id) => !open.some((invoice) => invoice.id === id));
  for (const id of over) await clearAlert(trx, { kind, companyId, entity: id });

  const twice = { kind: 'subscribed-twice', companyId, entity: 'stripe' } as const;
  if (running.length > 1) await raiseAlert(trx, { ...twice, detail: { subscriptions: running } });
  else await clearAlert(trx, twice);
}
