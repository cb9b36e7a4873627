import { parsePhone } from '../../../shared/phone.ts';
import type { FieldProblem } from '../../problem.ts';
import { hourProblems } from './hours.ts';
import type { NewCompanyBody } from './schema.ts';

/** Everything in a new company that contradicts itself, without asking anybody. */
export function planProblems(body: NewCompanyBody): FieldProblem[] {
  return [...lineProblems(body), ...staffProblems(body), ...serviceProblems(body)];
}

const duplicateIn = (seen: Set<string>, value: string): boolean => {
  const known = seen.has(value);
  seen.add(value);
  return known;
};

function lineProblems({ lines, country }: NewCompanyBody): FieldProblem[] {
  const numbers = new Set<string>();
  const agents = new Set<string>();
  return lines.flatMap(({ number, agentId }, index) => {
    const phone = parsePhone(number, country);
    const problems: FieldProblem[] = [];
    const path = `lines.${index}`;
    if (!phone)
      problems.push({ path: `${path}.number`, message: 'is not a phone number that can be called' });
    else if (duplicateIn(numbers, phone.e164)) {
      problems.push({ path: `${path}.number`, message: 'stands here twice' });
    }
    if (duplicateIn(agents, agentId))
      problems.push({ path: `${path}.agentId`, message: 'stands here twice' });
    return problems;
  });
}

function staffProblems({ staff }: NewCompanyBody): FieldProblem[] {
  const emails = new Set<string>();
  return staff.flatMap((person, index) => [
    ...(duplicateIn(emails, person.email.toLowerCase())
      ? [{ path: `staff.${index}.email`, message: 'stands here twice' }]
      : []),
    ...hourProblems(person.hours, `staff.${index}.hours`),
  ]);
}

function serviceProblems({ services, staff }: NewCompanyBody): FieldProblem[] {
  const emails = new Set(staff.map(({ email }) => email.toLowerCase()));
  const slugs = new Set<string>();
  const serviceOf = new Map<number, string>();
  return services.flatMap((service, index) => {
    const path = `services.${index}`;
    const problems: FieldProblem[] = [];
    if (duplicateIn(slugs, service.slug))
      problems.push({ path: `${path}.slug`, message: 'stands here twice' });
    const offering = new Set<string>();
    for (const [at, offer] of service.offeredBy.entries()) {
      const email = offer.staff.toLowerCase();
      const where = `${path}.offeredBy.${at}`;
      if (!emails.has(email)) problems.push({ path: `${where}.staff`, message: 'does not stand in `staff`' });
      if (duplicateIn(offering, email))
        problems.push({ path: `${where}.staff`, message: 'stands here twice' });
      const other = serviceOf.get(offer.eventTypeId);
      // A booking of the calendar says only its event type: it must tell the service.
      if (other !== undefined && other !== service.slug) {
        problems.push({ path: `${where}.eventTypeId`, message: `stands for the service ${other} already` });
      }
      serviceOf.set(offer.eventTypeId, service.slug);
    }
    return problems;
  });
}
