import type { NewAssignment } from '../../../db/phone-desk/staff-assignment/staff-assignments.ts';
import type { Assignable } from '../../../db/phone-desk/staff-assignment/staff-assignments-read.ts';
import { ASSIGNMENTS_MAX } from '../../../shared/phone-desk/assignments.ts';
import type { FieldProblem } from '../../problem.ts';
import type { AssignmentsBody } from './schema.ts';

/** What a request asks for, pair by pair, and everything that is wrong with it. */
export interface CheckedAssignments {
  assignments: NewAssignment[];
  /** Nobody else of the staff is to host these. */
  exactEventTypes: number[];
  problems: FieldProblem[];
}

type Staff = Pick<NewAssignment, 'staffId' | 'userId'>;

/** Checks a request against the staff and the calendar as they were last compared. */
export function checkAssignments(
  { assignments: entries }: AssignmentsBody,
  known: Assignable,
): CheckedAssignments {
  const problems = [...tooMany(entries), ...mixedReplacements(entries)];
  const assignments: NewAssignment[] = [];
  const seen = new Set<string>();
  const count = entries.reduce((sum, { staff, eventTypeIds }) => sum + staff.length * eventTypeIds.length, 0);
  for (const [index, { staff, eventTypeIds, action }] of entries.entries()) {
    const path = `assignments.${index}`;
    const eventTypes = eventTypeIds.map((id, at) => {
      const problem = eventTypeProblem(known, id);
      if (problem) problems.push({ path: `${path}.eventTypeIds.${at}`, message: problem });
      return id;
    });
    for (const [at, name] of staff.entries()) {
      const person = findStaff(known, name);
      if (typeof person === 'string') {
        problems.push({ path: `${path}.staff.${at}`, message: person });
        continue;
      }
      if (count > ASSIGNMENTS_MAX) continue;
      for (const eventTypeId of eventTypes) {
        const pair = `${person.staffId} ${eventTypeId}`;
        if (seen.has(pair)) {
          problems.push({
            path: `${path}.staff.${at}`,
            message: `stands here twice for event type ${eventTypeId}`,
          });
        }
        seen.add(pair);
        assignments.push({ ...person, eventTypeId, action: action === 'remove' ? 'remove' : 'assign' });
      }
    }
  }
  const exactEventTypes = entries.flatMap((entry) => (entry.action === 'replace' ? entry.eventTypeIds : []));
  return { assignments, exactEventTypes, problems };
}

function tooMany(entries: AssignmentsBody['assignments']): FieldProblem[] {
  const count = entries.reduce((sum, { staff, eventTypeIds }) => sum + staff.length * eventTypeIds.length, 0);
  if (count <= ASSIGNMENTS_MAX) return [];
  const message = `are ${count} pairs of staff and event type: send at most ${ASSIGNMENTS_MAX} at once`;
  return [{ path: 'assignments', message }];
}

/** Who alone hosts an event type is said in one place. */
function mixedReplacements(entries: AssignmentsBody['assignments']): FieldProblem[] {
  return entries.flatMap(({ action, eventTypeIds }, index) =>
    action !== 'replace'
      ? []
      : eventTypeIds.flatMap((id, at) => {
          const elsewhere =
            eventTypeIds.indexOf(id) !== at ||
            entries.some((other, place) => place !== index && other.eventTypeIds.includes(id));
          const message = 'is replaced here and stands in the request once more';
          return elsewhere ? [{ path: `assignments.${index}.eventTypeIds.${at}`, message }] : [];
        }),
  );
}

/** An event type of another company is none of this one's: nobody learns that it exists. */
function eventTypeProblem({ eventTypes }: Assignable, id: number): string | null {
  const eventType = eventTypes.find((each) => each.event_type_id === id);
  if (!eventType) {
    return "is no event type of this company's calendar as it was last compared: ask POST …/event-type-sync";
  }
  if (eventType.gone_at) return 'is not in the calendar any more';
  if (eventType.team_id === null) return 'is a personal event type: its owner alone hosts it';
  return null;
}

/** The staff member with this id or address, or what is wrong with them. */
function findStaff({ staff, members }: Assignable, name: string): Staff | string {
  const wanted = name.toLowerCase();
  const person = staff.find(({ id, email }) => id === wanted || email.toLowerCase() === wanted);
  if (!person) return 'is nobody of the staff';
  if (person.proposed_at) return 'is not of the staff yet: accept them at POST …/proposed-staff/{id}/accept';
  if (!person.active) return 'does not work here any more';
  const member = members.find(({ email }) => email === person.email.toLowerCase());
  if (!member) {
    return "is unknown to the company's calendar: no member of its teams has their address as it was last compared";
  }
  return { staffId: person.id, userId: member.user_id };
}
