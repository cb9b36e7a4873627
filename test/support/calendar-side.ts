import { createAppointmentActivities } from '../../activities/phone-desk/appointment/index.ts';
import { createCalendarChangeActivities } from '../../activities/phone-desk/calendar-change/index.ts';
import type { Deps } from '../../platform/deps.ts';

/** Does what the appointment's run does about the calendar's changes; returns what became of each. */
export async function carryOut(deps: Deps, appointmentId: string): Promise<string[]> {
  const life = createAppointmentActivities(deps);
  const changes = createCalendarChangeActivities(deps);
  const done: string[] = [];
  for (;;) {
    const step = await life.nextStep(appointmentId, []);
    if (step.kind !== 'request' || step.request.source !== 'calendar') return done;
    const change = await changes.adoptChange(step.request.id);
    await life.finishRequest(step.request.id, change === 'conflict' ? 'taken' : null);
    done.push(change);
  }
}

/** Appointments that stand on the day of a moment, with what they block. */
export function standing(deps: Deps, at: string) {
  const day = new Date(`${at.slice(0, 10)}T00:00:00Z`);
  return deps.db
    .selectFrom('appointments')
    .where('status', 'in', ['held', 'booked'])
    .where('starts_at', '>=', day)
    .where('starts_at', '<', new Date(day.getTime() + 86_400_000))
    .select(['id', 'starts_at', 'ends_at', 'blocked', 'calcom_booking_uid', 'staff_id'])
    .orderBy('starts_at')
    .execute();
}
