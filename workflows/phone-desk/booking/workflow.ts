import { CancellationScope, isCancellation, patched } from '@temporalio/workflow';
import type { RunActivities } from '../../../activities/operations/run/index.ts';
import type { CalcomBookingMade } from '../../../activities/phone-desk/booking/create-calcom-booking.ts';
import type { BookingActivities } from '../../../activities/phone-desk/booking/index.ts';
import { findFailure, isFailure } from '../../../shared/failures.ts';
import type { WorkflowStart } from '../../../shared/workflow-start.ts';
import { proxyEffects } from '../../lib/effects.ts';
import { notifications as messenger } from '../../lib/notify.ts';
import { proxySteps } from '../../lib/steps.ts';
import { UndoStack } from '../../lib/undo.ts';
import { calendarEffect, databaseStep, undoEffect } from '../../policies.ts';
import { appointmentStart } from '../appointment/contract.ts';
import type { BookingInput, BookingResult, UnavailableReason } from './contract.ts';

const desk = proxySteps<BookingActivities>(databaseStep);
const runs = proxySteps<RunActivities>(databaseStep);
const calendar = proxyEffects<BookingActivities>(calendarEffect);
const calendarUndo = proxyEffects<BookingActivities>(undoEffect);

/** How a booking ended, and the run to be started with that: the life of a booked appointment. */
interface Booked {
  result: BookingResult;
  next: WorkflowStart | null;
}

/** A booking asked for by API: one slot, booked or answered with alternatives. */
export async function booking(input: BookingInput): Promise<BookingResult> {
  const { result, next } = await bookSlot(input);
  await CancellationScope.nonCancellable(() => desk.finishBooking(input.appointmentId, result, next));
  return result;
}

/**
 * Validate → CheckAvailability → CreateAppointment (one transaction) → CreateCalcomBooking and, with its yes,
 * UpdateStatistics → SendConfirmations. Up to the calendar's yes everything is undone on any failure;
 * after it the appointment stands. A call runs this inside its own run.
 */
export async function bookSlot(input: BookingInput): Promise<Booked> {
  const undo = new UndoStack();
  try {
    return await holdAndBook(input, undo);
  } catch (error) {
    await undo.run();
    if (isCancellation(error)) return ended({ status: 'cancelled' });
    const reason = findFailure(error)?.message ?? 'the calendar could not be reached in time';
    const refused = isFailure(error, 'VendorRejected', 'EffectUnknown');
    return ended({ status: refused ? 'calendar-refused' : 'calendar-unavailable', reason });
  }
}

const ended = (result: BookingResult): Booked => ({ result, next: null });

async function holdAndBook(input: BookingInput, undo: UndoStack): Promise<Booked> {
  const { appointmentId } = input;
  const refusedStaff: string[] = [];
  for (;;) {
    undo.add(() => desk.releaseAppointment(appointmentId, 'booking undone'));
    const hold = await desk.holdAppointment(input, refusedStaff);
    if (hold.status === 'invalid') return ended({ status: 'invalid', reason: hold.reason });
    if (hold.status === 'not-available') return ended(await offerAlternatives(input, hold.reason));

    undo.add(() => calendarUndo.cancelCalcomBooking(appointmentId, 'booking undone'));
    try {
      const made = await calendar.createCalcomBooking(appointmentId);
      const next = await CancellationScope.nonCancellable(() => confirm(input, made));
      const { staffId, startsAt } = hold;
      return { result: { status: 'booked', appointmentId, staffId, startsAt }, next };
    } catch (error) {
      if (!isFailure(error, 'SlotTaken')) throw error;
      // Somebody was faster in the calendar; another staff member may still be free.
      await undo.run();
      refusedStaff.push(hold.staffId);
    }
  }
}

/** The appointment stands, and is told; returns the start of its own run. */
async function confirm(input: BookingInput, made: CalcomBookingMade): Promise<WorkflowStart | null> {
  const { appointmentId, companyId } = input;
  const inFewSteps = patched('few-steps');
  const confirmed = inFewSteps ? made : await desk.confirmAppointment(appointmentId, made.uid);
  const unsettled = await messenger.send(confirmed.notifications);
  // What one try has not settled cannot wait for the first reminder.
  const sleepMs = unsettled.length > 0 ? 0 : confirmed.firstReminderInMs;
  const life = appointmentStart({ appointmentId, companyId, unsettled }, sleepMs);
  if (inFewSteps) return life;
  await runs.launchWorkflow(life);
  return null;
}

async function offerAlternatives(input: BookingInput, reason: UnavailableReason): Promise<BookingResult> {
  const alternatives = await desk.findAlternatives(input);
  return reason === 'taken'
    ? { status: 'slot-lost', alternatives }
    : { status: 'not-available', reason, alternatives };
}
