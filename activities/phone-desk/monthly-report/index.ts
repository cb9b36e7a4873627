import { listCompaniesToReport, noteReportNotSent } from '../../../db/phone-desk/monthly-report/reports.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { MonthlyReportInput } from '../../../workflows/phone-desk/monthly-report/contract.ts';
import { mailReport } from './mail-report.ts';
import { makeReport } from './make-report.ts';

/** What the `monthly-report` chain does to the outside; contents only. */
export function createMonthlyReportActivities(deps: Deps) {
  return {
    listCompaniesToReport: listCompaniesToReport.bind(null, deps.db),
    makeReport: makeReport.bind(null, deps),
    mailReport: mailReport.bind(null, deps),
    noteReportNotSent: ({ companyId, month }: MonthlyReportInput, reason: string) =>
      noteReportNotSent(deps.db, companyId, month, reason),
  };
}

export type MonthlyReportActivities = ReturnType<typeof createMonthlyReportActivities>;
