import { type Company, findCompany, findCompanyBySlug } from '../db/companies.ts';
import type { Db } from '../db/connect.ts';
import { HttpProblem, invalidRequest, notFound } from './http-problem.ts';
import type { Caller } from './middleware/authenticate.ts';
import { problem } from './problem.ts';

/** The companies that a request reads: one, or (null) all of them for an operator who names none. */
export async function readScope(db: Db, caller: Caller, slug: string | undefined): Promise<string | null> {
  if (slug === undefined) return caller.companyId;
  return (await namedCompany(db, caller, slug)).id;
}

/** Lets an operator key through: what concerns all companies is no company's business. */
export function requireOperator(caller: Caller): void {
  if (caller.companyId === null) return;
  throw new HttpProblem(problem(403, 'operators-only', 'Only an operator key may do this.'));
}

/** The one company that a request writes to; an operator has to name it. */
export async function writeScope(db: Db, caller: Caller, slug: string | undefined): Promise<Company> {
  if (slug !== undefined) return namedCompany(db, caller, slug);
  const company = caller.companyId ? await findCompany(db, caller.companyId) : undefined;
  if (company) return company;
  throw invalidRequest([{ path: 'company', message: 'an operator key has to name the company' }]);
}

/** The company whose slug stands in the path. 404 where an operator names none, 403 for the key of another. */
export async function companyOfPath(db: Db, caller: Caller, slug: string): Promise<Company> {
  const company = await findCompanyBySlug(db, slug);
  if (company && (caller.companyId === null || caller.companyId === company.id)) return company;
  throw caller.companyId === null ? notFound('company') : otherCompany();
}

async function namedCompany(db: Db, caller: Caller, slug: string): Promise<Company> {
  const company = await findCompanyBySlug(db, slug);
  if (company && (caller.companyId === null || caller.companyId === company.id)) return company;
  if (caller.companyId === null) {
    throw invalidRequest([{ path: 'company', message: 'there is no company with this slug' }]);
  }
  // The same for a company that exists and one that does not.
  throw otherCompany();
}

const otherCompany = () =>
  new HttpProblem(problem(403, 'other-company', 'This key belongs to another company.'));
