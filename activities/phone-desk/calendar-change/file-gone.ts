import { randomUUID } from 'node:crypto';
import { fileCalendarRequest, findStanding } from '../../../db/phone-desk/calendar-change/calendar-change.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { CalendarChangeInput } from '../../../workflows/phone-desk/calendar-change/contract.ts';
import type { Adopted } from './adopted.ts';

/** A person has said that an appointment which the calendar does not have any more is cancelled. */
export async function fileGone(
  deps: Deps,
  { companyId, bookingUid }: CalendarChangeInput,
): Promise<Adopted['appointment']> {
  const left = await findStanding(deps.db, companyId, bookingUid, deps.clock());
  if (!left) return null;
  await fileCalendarRequest(deps.db, {
    id: randomUUID(),
    appointmentId: left.id,
    kind: 'cancel',
    startsAt: null,
    bookingUid,
    reason: 'not in the calendar any more',
  });
  return { appointmentId: left.id, companyId };
}
