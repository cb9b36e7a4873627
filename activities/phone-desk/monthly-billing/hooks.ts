import { clearAlert, raiseAlert } from '../../../db/alerts.ts';
import { recordAudit } from '../../../db/audit.ts';
import { readBilling } from '../../../db/phone-desk/billing/billing-read.ts';
import { noteEndTold, noteFirstFailure } from '../../../db/phone-desk/billing/billing-runs.ts';
import type { Deps } from '../../../platform/deps.ts';

const alertOf = (month: string) => ({ kind: 'billing-failed', companyId: null, entity: month }) as const;

/** A bill has failed: with the first one somebody is told, the others are counted. */
export async function onFailed({ db }: Deps, month: string): Promise<void> {
  await noteFirstFailure(db, month);
  const billing = await readBilling(db, month);
  await raiseAlert(db, { ...alertOf(month), detail: { failed: billing?.failed ?? 0 } });
}

/** Every bill is made: what an earlier run raised is over. */
export async function onCompleted({ db }: Deps, month: string): Promise<void> {
  await clearAlert(db, alertOf(month));
}

/** However it ended: the figures go into the audit log, once per end, also when the step is repeated. */
export async function onEnded({ db }: Deps, month: string, status: string): Promise<void> {
  await db.transaction().execute(async (trx) => {
    if (!(await noteEndTold(trx, month))) return;
    const billing = await readBilling(trx, month);
    const { total = 0, invoiced = 0, nothingDue = 0, failed = 0, cancelled = 0 } = billing ?? {};
    await recordAudit(trx, {
      actor: 'monthly-billing',
      action: `billing.${status}`,
      entity: `billing/${month}`,
      requestId: null,
      detail: { total, invoiced, nothingDue, failed, cancelled },
    });
  });
}
