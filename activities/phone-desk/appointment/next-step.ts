import { finishedReminders, nextRequest } from '../../../db/phone-desk/appointment/appointment-life.ts';
import { readAppointment } from '../../../db/phone-desk/booking/booking.ts';
import { readCustomer } from '../../../db/phone-desk/people.ts';
import type { Deps } from '../../../platform/deps.ts';
import { localHoursBefore } from '../../../shared/time.ts';

export type Reminder = 'reminder-24h' | 'reminder-2h';

/** What an appointment needs next. `inMs` is counted from now. */
export type NextStep =
  | { kind: 'gone'; status: 'completed' | 'cancelled' | 'gone' }
  | { kind: 'request'; request: { id: string; kind: 'cancel' | 'reschedule'; source: 'api' | 'calendar' } }
  | { kind: 'reminder'; reminder: Reminder; inMs: number }
  | { kind: 'end'; inMs: number };

/** Hours before the appointment, on the customer's wall clock, from early to late. */
const reminders: { kind: Reminder; hoursBefore: number }[] = [
  { kind: 'reminder-24h', hoursBefore: 24 },
  { kind: 'reminder-2h', hoursBefore: 2 },
];

/** A worker that was down this long still sends the reminder; later it would only confuse. */
const REMINDER_GRACE_MS = 30 * 60_000;

/**
 * Reads where the appointment stands; what is over (a reminder whose time has passed) is skipped, and so is
 * what this run has `told` since the last move. An open request comes first, whatever the status: its
 * carrying out may have been broken off half-way.
 */
export async function nextStep(deps: Deps, appointmentId: string, told: Reminder[]): Promise<NextStep> {
  const appointment = await readAppointment(deps.db, appointmentId);
  const request = appointment && (await nextRequest(deps.db, appointmentId));
  if (request) {
    const { id, kind, source } = request;
    return { kind: 'request', request: { id, kind, source } };
  }
  if (appointment?.status !== 'booked') {
    const ended = appointment?.status === 'completed' || appointment?.status === 'cancelled';
    return { kind: 'gone', status: ended ? (appointment.status as 'completed' | 'cancelled') : 'gone' };
  }
  const customer = await readCustomer(deps.db, deps.vault, appointment.customer_id);
  if (!customer) return { kind: 'gone', status: 'gone' };

  const now = deps.clock().getTime();
  const finished = await finishedReminders(deps.db, appointmentId, appointment.sequence);
  for (const { kind, hoursBefore } of reminders) {
    const at = localHoursBefore(appointment.starts_at, hoursBefore, customer.timeZone).getTime();
    // A booking made (or moved) inside the reminder's own time needs no reminder: the confirmation was it.
    const madeInTime = appointment.updated_at.getTime() < at;
    if (!told.includes(kind) && !finished.includes(kind) && madeInTime && at > now - REMINDER_GRACE_MS) {
      return { kind: 'reminder', reminder: kind, inMs: Math.max(0, at - now) };
    }
  }
  return { kind: 'end', inMs: Math.max(0, appointment.ends_at.getTime() - now) };
}
