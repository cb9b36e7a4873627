import type { KeyCheck } from '../../../platform/key-checks.ts';
import type { FieldProblem } from '../../problem.ts';
import type { NewCompanyBody } from './schema.ts';

type Accepted = Extract<KeyCheck, { verdict: 'accepted' }>;

/** What checking a key and what depends on it has brought. */
export interface Findings {
  problems: FieldProblem[];
  /** Saved all the same. */
  warnings: FieldProblem[];
  /** Set when the vendor could not be asked. */
  unchecked: FieldProblem[];
}

export const KEY_FIELD = 'keys.calcom';

/** A key that the vendor did not accept, on exactly its field; null for one that it did. */
export function keyTrouble(check: Exclude<KeyCheck, Accepted>): Findings {
  if (check.verdict === 'refused') {
    const status = check.status === null ? '' : ` (${check.status})`;
    const message = `refused by Cal.com${status}: make a new key under Settings, Developer, API keys`;
    return { problems: [{ path: KEY_FIELD, message }], warnings: [], unchecked: [] };
  }
  const message = `could not be checked, Cal.com does not answer: ${check.reason}`;
  return { problems: [], warnings: [], unchecked: [{ path: KEY_FIELD, message }] };
}

/** The event types of a new company against what its key sees at Cal.com. */
export function calendarFindings({ services }: NewCompanyBody, check: KeyCheck): Findings {
  if (check.verdict !== 'accepted') return keyTrouble(check);
  const problems: FieldProblem[] = [];
  const warnings: FieldProblem[] = [];
  for (const [index, { durationMin, offeredBy }] of services.entries()) {
    for (const [at, { staff, eventTypeId }] of offeredBy.entries()) {
      const path = `services.${index}.offeredBy.${at}`;
      const eventType = check.eventTypes.get(eventTypeId);
      if (!eventType) {
        problems.push({
          path: `${path}.eventTypeId`,
          message: 'is no event type that this key sees at Cal.com',
        });
        continue;
      }
      const { lengthsMin, hostIds } = eventType;
      if (!lengthsMin.includes(durationMin)) {
        const message = `lasts ${lengthsMin.join(' or ')} minutes at Cal.com, not ${durationMin}`;
        problems.push({ path: `${path}.eventTypeId`, message });
      }
      const hosts = hosting(check, hostIds, staff);
      if (hosts === 'no') {
        problems.push({
          path: `${path}.staff`,
          message: `is no host of the event type ${eventTypeId} at Cal.com`,
        });
      } else if (hosts === 'unknown') {
        const message = `could not be checked as a host of ${eventTypeId}: this key does not see who is in its team`;
        warnings.push({ path: `${path}.staff`, message });
      }
    }
  }
  return { problems, warnings, unchecked: [] };
}

/** Event types name their hosts by id; whose e-mail it is shows in the teams of the key's user. */
function hosting({ userIds }: Accepted, hostIds: number[], staff: string): 'yes' | 'no' | 'unknown' {
  const id = userIds.get(staff.toLowerCase());
  if (id !== undefined) return hostIds.includes(id) ? 'yes' : 'no';
  const known = new Set(userIds.values());
  return hostIds.every((hostId) => known.has(hostId)) ? 'no' : 'unknown';
}
