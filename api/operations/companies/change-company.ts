import { recordAudit } from '../../../db/audit.ts';
import { listStaff } from '../../../db/companies.ts';
import type { CompanyRow } from '../../../db/companies-read.ts';
import { eventTypesInUse, updateCompany } from '../../../db/company-changes.ts';
import type { ApiDeps } from '../../deps.ts';
import type { Caller } from '../../middleware/authenticate.ts';
import type { RequestContext } from '../../middleware/request-context.ts';
import type { FieldProblem } from '../../problem.ts';
import { KEY_FIELD, keyTrouble } from './check-calendar.ts';
import { requireSound } from './check-company.ts';
import type { CompanyChangeBody } from './schema.ts';
import { trySubscribe } from './subscribe.ts';

interface Acting {
  caller: Caller;
  context: RequestContext;
}

/** Who changed what; of a key only that it changed. */
const audit = ({ caller, context }: Acting, action: string, companyId: string, detail: object) => ({
  actor: caller.name,
  action: `company.${action}`,
  entity: `company/${companyId}`,
  requestId: context.requestId,
  detail: { ...detail },
});

/** Changes settings, limits and keys; a new key is asked at the vendor first. Returns what is still to be done. */
export async function changeCompany(
  deps: ApiDeps,
  company: CompanyRow,
  { keys = {}, limits, ...settings }: CompanyChangeBody,
  acting: Acting,
): Promise<FieldProblem[]> {
  const { db, vault } = deps;
  if (keys.calcom !== undefined) await requireKey(deps, company.id, keys.calcom);
  const { calcom: calcomKey, calcomWebhookSecret } = keys;
  const changed = [
    ...Object.keys(settings),
    ...Object.keys(limits ?? {}).map((name) => `limits.${name}`),
    ...Object.keys(keys).map((name) => `keys.${name}`),
  ];
  await db.transaction().execute(async (trx) => {
    await updateCompany(trx, vault, company.id, { ...settings, limits, calcomKey, calcomWebhookSecret });
    await recordAudit(trx, audit(acting, 'update', company.id, { changed, ...settings, limits }));
  });
  const tellCalendar = calcomWebhookSecret !== undefined && company.calcomWebhookId !== null;
  return tellCalendar ? trySubscribe(deps, { companyId: company.id, slug: company.slug }) : [];
}

/** A key has to see all that the company books. */
async function requireKey(
  { db, keyChecks }: Pick<ApiDeps, 'db' | 'keyChecks'>,
  companyId: string,
  key: string,
): Promise<void> {
  const [staff, inUse] = await Promise.all([listStaff(db, companyId), eventTypesInUse(db, companyId)]);
  const emails = staff.map(({ email }) => email.toLowerCase());
  const check = await keyChecks.calcom(key, { emails, eventTypeIds: inUse });
  if (check.verdict !== 'accepted') return requireSound(keyTrouble(check));
  const unseen = inUse.filter((id) => !check.eventTypes.has(id));
  if (unseen.length === 0) return;
  const message = `does not see the event types ${unseen.join(', ')}, which the company books`;
  requireSound({ problems: [{ path: KEY_FIELD, message }], unchecked: [] });
}

/** Closes a company or opens it again; nothing when it is so already. */
export async function setActive(
  { db, vault }: Pick<ApiDeps, 'db' | 'vault'>,
  company: CompanyRow,
  active: boolean,
  reason: string | null,
  acting: Acting,
): Promise<void> {
  if (company.active === active) return;
  await db.transaction().execute(async (trx) => {
    await updateCompany(trx, vault, company.id, { active });
    const action = active ? 'reactivate' : 'deactivate';
    await recordAudit(trx, audit(acting, action, company.id, { reason }));
  });
}
