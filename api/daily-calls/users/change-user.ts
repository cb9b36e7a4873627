import type { Kysely } from 'kysely';
import { recordAudit } from '../../../db/audit.ts';
import type { Company } from '../../../db/companies.ts';
import { activeScripts } from '../../../db/daily-calls/scripts.ts';
import {
  type CallUserWithKey,
  changeCallUser,
  deleteCallUser,
  insertCallUsers,
  lockByExternalIds,
  lockCallUser,
} from '../../../db/daily-calls/user-changes.ts';
import { type CallUserValues, readValues } from '../../../db/daily-calls/user-values.ts';
import type { InboxEvent } from '../../../db/inbox.ts';
import type { Database } from '../../../db/tables/database.ts';
import type { ApiDeps } from '../../deps.ts';
import { conflict, HttpProblem, notFound } from '../../http-problem.ts';
import type { Caller } from '../../middleware/authenticate.ts';
import type { RequestContext } from '../../middleware/request-context.ts';
import { type FieldProblem, problem } from '../../problem.ts';
import { fileDayNews, offerDayNews } from '../day-news.ts';
import { companyOf } from '../scope.ts';
import { applyChange, type ChangeContext, newUserValues } from './apply-change.ts';
import type { CallUserChange } from './schema.ts';

/** Who asks, and on behalf of which request. */
export interface Actor {
  caller: Caller;
  context: RequestContext;
}

export const planAt = ({ clock, env }: Pick<ApiDeps, 'clock' | 'env'>) => ({
  now: clock(),
  legal: env.DAILY_CALL_LEGAL_HOURS,
});

/** What a change of a user of this company is read against. */
export async function changeContext(
  deps: ApiDeps,
  db: Kysely<Database>,
  company: Company,
): Promise<ChangeContext> {
  return { company, scripts: await activeScripts(db, company.id), ...planAt(deps) };
}

/**
 * Makes a user. The external id of a deleted one brings that one back, with new values: a day on which it was
 * called stays called.
 */
export async function createUser(
  deps: ApiDeps,
  company: Company,
  body: CallUserChange,
  actor: Actor,
): Promise<string> {
  const { db, vault } = deps;
  const { id, events } = await db.transaction().execute(async (trx) => {
    const context = await changeContext(deps, trx, company);
    const { values, problems } = applyChange(newUserValues(company), body, context);
    if (problems.length > 0) throw impossible(problems);
    const { externalId } = values;
    const [known] = externalId === null ? [] : await lockByExternalIds(trx, company.id, [externalId]);
    if (known && known.deleted_at === null) throw externalIdTaken();
    if (known) return { id: known.id, events: await change(deps, trx, known, values, 'revive', actor) };
    const [made] = await insertCallUsers(trx, vault, company.id, [values], context);
    if (!made) throw externalIdTaken();
    await audit(trx, 'create', made.id, actor);
    return { id: made.id, events: [] };
  });
  offerDayNews(deps, events);
  return id;
}

/** Changes a user; what is under way is moved or stopped. */
export async function changeUser(
  deps: ApiDeps,
  id: string,
  body: CallUserChange,
  actor: Actor,
): Promise<void> {
  const events = await deps.db.transaction().execute(async (trx) => {
    const user = await lockCallUser(trx, actor.caller.companyId, id);
    if (!user) throw notFound('user');
    if (user.deleted_at !== null) throw conflict('call-user-deleted', 'The user is deleted.');
    const company = await companyOf(deps.db, user.company_id);
    const before = readValues(deps.vault, user, user.wrapped_key);
    const { values, problems } = applyChange(before, body, await changeContext(deps, trx, company));
    if (problems.length > 0) throw impossible(problems);
    if (values.externalId !== null && values.externalId !== before.externalId) {
      const taken = await lockByExternalIds(trx, company.id, [values.externalId]);
      if (taken.length > 0) throw externalIdTaken();
    }
    return change(deps, trx, user, values, 'change', actor);
  });
  offerDayNews(deps, events);
}

/** Takes a user out of the calls for good; a second time changes nothing. */
export async function deleteUser(deps: ApiDeps, id: string, actor: Actor): Promise<void> {
  const events = await deps.db.transaction().execute(async (trx) => {
    const user = await lockCallUser(trx, actor.caller.companyId, id);
    if (!user) throw notFound('user');
    if (user.deleted_at !== null) return [];
    const days = await deleteCallUser(trx, id, planAt(deps));
    await audit(trx, 'delete', id, actor);
    return fileDayNews(deps, trx, daysOf(user, days), actor.context);
  });
  offerDayNews(deps, events);
}

async function change(
  deps: ApiDeps,
  trx: Kysely<Database>,
  user: CallUserWithKey,
  values: CallUserValues,
  action: 'change' | 'revive',
  actor: Actor,
): Promise<InboxEvent[]> {
  const { changed, days } = await changeCallUser(trx, deps.vault, user, values, planAt(deps));
  if (changed.length === 0 && action === 'change') return [];
  await audit(trx, action, user.id, actor, changed);
  return fileDayNews(deps, trx, daysOf(user, days), actor.context);
}

export const daysOf = (user: Pick<CallUserWithKey, 'id' | 'company_id'>, days: string[]) =>
  days.map((localDate) => ({ userId: user.id, companyId: user.company_id, localDate }));

function audit(
  trx: Kysely<Database>,
  action: string,
  userId: string,
  { caller, context }: Actor,
  fields?: string[],
): Promise<void> {
  const detail = fields ? { fields } : {};
  const { requestId } = context;
  return recordAudit(trx, {
    actor: caller.name,
    action: `call-user.${action}`,
    entity: userId,
    requestId,
    detail,
  });
}

/** 422 with what to do about each field. */
function impossible(problems: FieldProblem[]): HttpProblem {
  const detail = problems.map(({ path, message }) => `${path}: ${message}`).join(' ');
  return new HttpProblem(problem(422, 'impossible-settings', detail, problems));
}

const externalIdTaken = () =>
  conflict('external-id-taken', 'The company has another user with this externalId.');
