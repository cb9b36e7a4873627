import { recordAudit } from '../../../db/audit.ts';
import type { Company } from '../../../db/companies.ts';
import { acceptStaff } from '../../../db/phone-desk/event-type-sync/event-types-read.ts';
import { hoursOfOthers, setWorkingHours } from '../../../db/phone-desk/working-hours.ts';
import { openingHours } from '../../../shared/phone-desk/opening-hours.ts';
import type { ApiDeps } from '../../deps.ts';
import { invalidRequest, notFound } from '../../http-problem.ts';
import type { Caller } from '../../middleware/authenticate.ts';
import type { RequestContext } from '../../middleware/request-context.ts';
import { hourProblems, presentHours, toWorkingHours } from '../../operations/companies/hours.ts';
import type { AcceptanceBody } from './schema.ts';

/**
 * Makes a host of the calendar one of the staff. Nobody can be booked without working hours: they are those of the body,
 * else the hours at which anybody else of the company works. The calendar still has the last word on each start.
 */
export async function acceptProposal(
  { db }: Pick<ApiDeps, 'db'>,
  { id: companyId, slug }: Company,
  staffId: string,
  body: AcceptanceBody,
  { caller, context }: { caller: Caller; context: RequestContext },
) {
  const problems = hourProblems(body.hours ?? [], 'hours');
  if (problems.length > 0) throw invalidRequest(problems);
  return db.transaction().execute(async (trx) => {
    const accepted = await acceptStaff(trx, companyId, staffId);
    if (!accepted) throw notFound('proposal');
    const { timeZone } = accepted;
    const hours = body.hours
      ? toWorkingHours(body.hours)
      : openingHours(await hoursOfOthers(trx, { companyId, staffId, timeZone }));
    if (hours.length === 0) {
      const message = 'must be given: nobody else of the company has working hours to take over';
      throw invalidRequest([{ path: 'hours', message }]);
    }
    await setWorkingHours(trx, staffId, hours);
    const hoursFrom = body.hours ? ('request' as const) : ('company' as const);
    await recordAudit(trx, {
      ...{ actor: caller.name, action: 'staff.accept', requestId: context.requestId },
      ...{ entity: `staff/${staffId}`, detail: { hoursFrom } },
    });
    return {
      ...{ id: staffId, company: slug, active: true as const },
      ...{ timeZone, hours: presentHours(hours), hoursFrom },
    };
  });
}
