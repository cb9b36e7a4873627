import { recordAudit } from '../../../db/audit.ts';
import type { Company } from '../../../db/companies.ts';
import { type DoNotCallView, deleteDoNotCall, insertDoNotCall } from '../../../db/daily-calls/blocks.ts';
import { openDaysOf } from '../../../db/daily-calls/open-days.ts';
import { phoneIndex } from '../../../db/daily-calls/user-values.ts';
import { parsePhone } from '../../../shared/phone.ts';
import type { ApiDeps } from '../../deps.ts';
import { HttpProblem, notFound } from '../../http-problem.ts';
import type { Caller } from '../../middleware/authenticate.ts';
import { problem } from '../../problem.ts';
import { fileDayNews, offerDayNews } from '../day-news.ts';
import { companyOrAll } from '../scope.ts';
import type { Actor } from '../users/change-user.ts';

/** Whose list: the company's, or (null) everybody's, which only an operator may ask for, by name. */
export async function listScope(
  { db }: Pick<ApiDeps, 'db'>,
  caller: Caller,
  { company, everywhere }: { company?: string | undefined; everywhere: boolean },
): Promise<Company | null> {
  if (!everywhere) {
    const found = await companyOrAll(db, caller, company);
    if (found) return found;
    const message = 'an operator key has to name a company, or say everywhere';
    throw new HttpProblem(
      problem(400, 'invalid-request', `everywhere: ${message}`, [{ path: 'everywhere', message }]),
    );
  }
  if (caller.companyId === null) return null;
  throw new HttpProblem(problem(403, 'operators-only', 'Only an operator key lists a number everywhere.'));
}

/** The index of a number as people write it; 422 for what is none. */
export function readPhoneIndex(
  { vault }: Pick<ApiDeps, 'vault'>,
  phone: string,
  company: Pick<Company, 'country'> | null,
): Buffer {
  // A plus sign that nobody encoded arrives as a space.
  const number = parsePhone(phone.replace(/^ /, '+'), company?.country ?? '');
  if (number) return phoneIndex(vault, number.e164);
  const message = 'Is not a phone number. Write it with its country code, e.g. +4915112345678.';
  throw new HttpProblem(problem(422, 'no-phone-number', `phone: ${message}`, [{ path: 'phone', message }]));
}

/** Lists a number; whoever was to be called at it on a day that is open is not called any more. */
export async function addToList(
  deps: ApiDeps,
  company: Company | null,
  body: { phone: string; reason: string },
  { caller, context }: Actor,
): Promise<DoNotCallView> {
  const index = readPhoneIndex(deps, body.phone, company);
  const companyId = company?.id ?? null;
  const { listing, events } = await deps.db.transaction().execute(async (trx) => {
    const listing = await insertDoNotCall(trx, companyId, index, body.reason);
    await recordAudit(trx, {
      actor: caller.name,
      action: 'do-not-call.add',
      entity: listing.id,
      requestId: context.requestId,
      detail: { companyId },
    });
    const days = await openDaysOf(trx, { companyId, phoneIndex: index });
    return { listing, events: await fileDayNews(deps, trx, days, context) };
  });
  offerDayNews(deps, events);
  return listing;
}

/** Takes a listing off the list; days that ended because of it stay ended. */
export async function removeFromList(
  deps: ApiDeps,
  company: Company | null,
  id: string,
  { caller, context }: Actor,
): Promise<{ id: string; reason: string; createdAt: Date }> {
  return deps.db.transaction().execute(async (trx) => {
    const removed = await deleteDoNotCall(trx, company?.id ?? null, id);
    if (!removed) throw notFound('listing');
    await recordAudit(trx, {
      actor: caller.name,
      action: 'do-not-call.remove',
      entity: id,
      requestId: context.requestId,
      detail: { companyId: company?.id ?? null },
    });
    return { id, ...removed };
  });
}
