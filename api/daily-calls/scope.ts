import { type Company, findCompany } from '../../db/companies.ts';
import type { Db } from '../../db/connect.ts';
import { writeScope } from '../company-scope.ts';
import type { Caller } from '../middleware/authenticate.ts';

/** The company that a request is about; null: all of them, for an operator who names none. */
export async function companyOrAll(
  db: Db,
  caller: Caller,
  slug: string | undefined,
): Promise<Company | null> {
  if (caller.companyId === null && slug === undefined) return null;
  return writeScope(db, caller, slug);
}

/** A company that is known to be there. */
export async function companyOf(db: Db, id: string): Promise<Company> {
  const company = await findCompany(db, id);
  if (!company) throw new Error(`company ${id} is gone`);
  return company;
}
