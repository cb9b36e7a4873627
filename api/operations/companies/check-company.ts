import { randomBytes } from 'node:crypto';
import { findCompanyBySlug } from '../../../db/companies.ts';
import { findTakenLines } from '../../../db/companies-read.ts';
import type { Db } from '../../../db/connect.ts';
import type { NewCompany } from '../../../db/new-company.ts';
import { parsePhone } from '../../../shared/phone.ts';
import type { ApiDeps } from '../../deps.ts';
import { HttpProblem, invalidRequest } from '../../http-problem.ts';
import { type FieldProblem, problem } from '../../problem.ts';
import { calendarFindings, type Findings } from './check-calendar.ts';
import { planProblems } from './check-plan.ts';
import { toWorkingHours } from './hours.ts';
import type { NewCompanyBody } from './schema.ts';

const RETRY_AFTER_SEC = 30;

/** Ends the request unless nothing is wrong: 400 for what has to be corrected, 503 for what could not be checked. */
export function requireSound({ problems, unchecked }: Pick<Findings, 'problems' | 'unchecked'>): void {
  if (problems.length > 0) throw invalidRequest([...problems, ...unchecked]);
  if (unchecked.length === 0) return;
  const fields = unchecked.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new HttpProblem(
    problem(503, 'key-not-checked', `${fields}. Nothing was saved; send it again.`, unchecked),
    { 'retry-after': String(RETRY_AFTER_SEC) },
  );
}

/** All that is wrong with a new company, at once: in itself, with other companies, and at Cal.com. */
export async function checkCompany(
  { db, keyChecks }: Pick<ApiDeps, 'db' | 'keyChecks'>,
  body: NewCompanyBody,
): Promise<FieldProblem[]> {
  const emails = [...new Set(body.staff.map(({ email }) => email.toLowerCase()))];
  const eventTypeIds = body.services.flatMap(({ offeredBy }) => offeredBy.map((offer) => offer.eventTypeId));
  const [taken, key] = await Promise.all([
    takenProblems(db, body),
    keyChecks.calcom(body.keys.calcom, { emails, eventTypeIds }),
  ]);
  const { problems, warnings, unchecked } = calendarFindings(body, key);
  requireSound({ problems: [...planProblems(body), ...taken, ...problems], unchecked });
  return warnings;
}

/** What belongs to other companies. */
export async function takenProblems(db: Db, body: NewCompanyBody): Promise<FieldProblem[]> {
  const { lines, slug, country } = body;
  const numbers = lines.map(({ number }) => parsePhone(number, country)?.e164 ?? '');
  const [company, takenLines] = await Promise.all([
    findCompanyBySlug(db, slug),
    findTakenLines(
      db,
      numbers,
      lines.map(({ agentId }) => agentId),
    ),
  ]);
  const problems = lines.flatMap(({ agentId }, index) => [
    ...(takenLines.some(({ number }) => number === numbers[index])
      ? [{ path: `lines.${index}.number`, message: 'belongs to another company' }]
      : []),
    ...(takenLines.some((line) => line.agentId === agentId)
      ? [{ path: `lines.${index}.agentId`, message: 'answers a line of another company' }]
      : []),
  ]);
  return company ? [{ path: 'slug', message: 'is taken' }, ...problems] : problems;
}

/** The company as it is written. */
export function toNewCompany(body: NewCompanyBody): NewCompany {
  const { keys, lines, staff, services, calendarWebhook: _, ...settings } = body;
  return {
    ...settings,
    calcomKey: keys.calcom,
    calcomWebhookSecret: keys.calcomWebhookSecret ?? randomBytes(32).toString('hex'),
    contactEmail: body.contactEmail,
    lines: lines.map(({ number, agentId }) => ({
      numberE164: parsePhone(number, body.country)!.e164,
      agentId,
    })),
    staff: staff.map(({ name, email, timeZone, hours }) => ({
      name,
      email: email.toLowerCase(),
      timeZone: timeZone ?? body.timeZone,
      hours: toWorkingHours(hours),
    })),
    services: services.map((service) => ({
      ...service,
      offeredBy: service.offeredBy.map((offer) => ({
        staffEmail: offer.staff.toLowerCase(),
        eventTypeId: offer.eventTypeId,
      })),
    })),
  };
}
