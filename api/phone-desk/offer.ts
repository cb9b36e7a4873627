import { listServices, listStaff } from '../../db/companies.ts';
import type { Db } from '../../db/connect.ts';
import type { FieldProblem } from '../problem.ts';

const MAX_NAMED = 20;

const named = (names: string[]) =>
  names.length === 0
    ? 'none'
    : names.slice(0, MAX_NAMED).join(', ') + (names.length > MAX_NAMED ? ', …' : '');

/** The id of a service by its slug; a problem names what the company offers. */
export async function findServiceId(
  db: Db,
  companyId: string,
  slug: string,
  path: string,
): Promise<string | FieldProblem> {
  const services = await listServices(db, companyId);
  const service = services.find((each) => each.slug === slug);
  if (service) return service.id;
  const offered = named(services.map((each) => each.slug));
  return { path, message: `there is no such service; there are: ${offered}` };
}

/** The id of a staff member by e-mail (null: anyone); a problem names who works there. */
export async function findStaffId(
  db: Db,
  companyId: string,
  email: string | null,
  path: string,
): Promise<string | null | FieldProblem> {
  if (email === null) return null;
  const staff = await listStaff(db, companyId);
  const member = staff.find((each) => each.email.toLowerCase() === email.toLowerCase());
  if (member) return member.id;
  const known = named(staff.map((each) => each.email));
  return { path, message: `there is no such staff member; there are: ${known}` };
}

/** Values that were found, without the problems among them. */
export const isProblem = (value: unknown): value is FieldProblem =>
  typeof value === 'object' && value !== null && 'path' in value && 'message' in value;
