import type { Kysely } from 'kysely';
import { recordAudit } from '../../../db/audit.ts';
import type { Company } from '../../../db/companies.ts';
import type { DayRef } from '../../../db/daily-calls/open-days.ts';
import {
  type CallUserWithKey,
  changeCallUser,
  insertCallUsers,
  lockByExternalIds,
} from '../../../db/daily-calls/user-changes.ts';
import { type CallUserValues, changedFields, readValues } from '../../../db/daily-calls/user-values.ts';
import type { InboxEvent } from '../../../db/inbox.ts';
import type { Database } from '../../../db/tables/database.ts';
import type { ApiDeps } from '../../deps.ts';
import type { FieldProblem } from '../../problem.ts';
import { fileDayNews, offerDayNews } from '../day-news.ts';
import { applyChange, newUserValues } from '../users/apply-change.ts';
import { type Actor, changeContext, daysOf, planAt } from '../users/change-user.ts';
import type { CallUserChange } from '../users/schema.ts';
import { readCells } from './read-cells.ts';
import type { CsvRow } from './read-csv.ts';

/** Users per transaction: what is committed stays, whatever becomes of the rest. */
const BATCH = 200;

interface Rejected {
  line: number;
  externalId: string | null;
  errors: FieldProblem[];
  row: Record<string, string>;
}

/** What became of each row of a file. */
export interface ImportResult {
  rows: number;
  imported: number;
  updated: number;
  unchanged: number;
  rejected: Rejected[];
}

type Wish = CsvRow & { externalId: string; change: CallUserChange };
type Insert = Wish & { values: CallUserValues };
type Update = Insert & { user: CallUserWithKey };

const reject = ({ line, cells }: CsvRow, errors: FieldProblem[]): Rejected => ({
  line,
  externalId: cells.externalId || null,
  errors,
  row: cells,
});

/** Makes or changes the users of a file, batch by batch; each row that cannot be taken comes back with its errors. */
export async function importUsers(
  deps: ApiDeps,
  company: Company,
  rows: CsvRow[],
  dryRun: boolean,
  actor: Actor,
): Promise<ImportResult> {
  const { wishes, rejected } = readWishes(rows);
  const result: ImportResult = { rows: rows.length, imported: 0, updated: 0, unchanged: 0, rejected };
  for (let first = 0; first < wishes.length; first += BATCH) {
    let left = wishes.slice(first, first + BATCH);
    // Who was made by another request in this moment is there in the next round.
    while (left.length > 0) left = await importBatch(deps, company, left, dryRun, actor, result);
  }
  rejected.sort((a, b) => a.line - b.line);
  return result;
}

function readWishes(rows: CsvRow[]): { wishes: Wish[]; rejected: Rejected[] } {
  const wishes: Wish[] = [];
  const rejected: Rejected[] = [];
  const lines = new Map<string, number>();
  for (const row of rows) {
    const externalId = row.cells.externalId ?? '';
    const before = lines.get(externalId);
    const read = readCells(row.cells);
    const errors = 'problems' in read ? read.problems : [];
    const columns = Object.keys(row.cells).length;
    if (row.misfit !== null)
      errors.push({ path: '', message: `The row has ${row.misfit} cells, the header ${columns}.` });
    if (externalId === '' || externalId === 'null')
      errors.push({ path: 'externalId', message: 'Is missing. It tells whose row this is.' });
    else if (before !== undefined)
      errors.push({ path: 'externalId', message: `Stands in line ${before} already.` });
    else lines.set(externalId, row.line);
    if (errors.length > 0 || 'problems' in read) rejected.push(reject(row, errors));
    else wishes.push({ ...row, externalId, change: read.change });
  }
  return { wishes, rejected };
}

/** One transaction; returns the rows that another request got ahead of. */
async function importBatch(
  deps: ApiDeps,
  company: Company,
  wishes: Wish[],
  dryRun: boolean,
  actor: Actor,
  result: ImportResult,
): Promise<Wish[]> {
  const { events, raced, counts } = await deps.db.transaction().execute(async (trx) => {
    const { inserts, updates, unchanged, rejected } = await sortOut(deps, trx, company, wishes);
    const counts = { inserts, updates, unchanged, rejected };
    if (dryRun) return { events: [] as InboxEvent[], raced: [] as Wish[], counts };
    const values = inserts.map((each) => each.values);
    const made = await insertCallUsers(trx, deps.vault, company.id, values, planAt(deps));
    const taken = new Set(made.map(({ externalId }) => externalId));
    const raced: Wish[] = inserts.filter(({ externalId }) => !taken.has(externalId));
    const days: DayRef[] = [];
    for (const { user, values } of updates) {
      const change = await changeCallUser(trx, deps.vault, user, values, planAt(deps));
      days.push(...daysOf(user, change.days));
    }
    await audit(trx, company, actor, { imported: made.length, updated: updates.length });
    return { events: await fileDayNews(deps, trx, days, actor.context), raced, counts };
  });
  offerDayNews(deps, events);
  const revived = counts.updates.filter(({ user }) => user.deleted_at !== null).length;
  result.imported += counts.inserts.length - raced.length + revived;
  result.updated += counts.updates.length - revived;
  result.unchanged += counts.unchanged;
  result.rejected.push(...counts.rejected);
  return raced;
}

/** What each row comes to, against the users that are there; they are locked in the order of their external ids. */
async function sortOut(deps: ApiDeps, trx: Kysely<Database>, company: Company, wishes: Wish[]) {
  const context = await changeContext(deps, trx, company);
  const externalIds = wishes.map(({ externalId }) => externalId);
  const users = await lockByExternalIds(trx, company.id, externalIds);
  const known = new Map(users.map((user) => [user.external_id, user]));
  const inserts: Insert[] = [];
  const updates: Update[] = [];
  const rejected: Rejected[] = [];
  let unchanged = 0;
  for (const wish of wishes) {
    const user = known.get(wish.externalId);
    const isThere = user !== undefined && user.deleted_at === null;
    const before = isThere ? readValues(deps.vault, user, user.wrapped_key) : newUserValues(company);
    const { values, problems } = applyChange(before, wish.change, context);
    if (!isThere) problems.push(...missing(wish.change));
    if (problems.length > 0) rejected.push(reject(wish, problems));
    else if (!user) inserts.push({ ...wish, values });
    else if (isThere && changedFields(before, values).length === 0) unchanged += 1;
    else updates.push({ ...wish, values, user });
  }
  inserts.sort((a, b) => (a.externalId < b.externalId ? -1 : 1));
  return { inserts, updates, unchanged, rejected };
}

/** What a new user cannot do without. */
function missing({ phone, timeZone }: CallUserChange): FieldProblem[] {
  const required = { phone: phone ?? undefined, timeZone };
  return Object.entries(required)
    .filter(([, value]) => value === undefined)
    .map(([path]) => ({ path, message: 'Is missing. A new user needs it.' }));
}

function audit(
  trx: Kysely<Database>,
  company: Company,
  { caller, context }: Actor,
  detail: Record<string, number>,
): Promise<void> {
  return recordAudit(trx, {
    actor: caller.name,
    action: 'call-user.import',
    entity: company.id,
    requestId: context.requestId,
    detail,
  });
}
