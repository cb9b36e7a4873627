import { CancellationScope, isCancellation, proxyLocalActivities } from '@temporalio/workflow';
import type { RunActivities } from '../../../activities/operations/run/index.ts';
import type { BookingActivities } from '../../../activities/phone-desk/booking/index.ts';
import { findFailure, isFailure } from '../../../shared/failures.ts';
import { proxyEffects } from '../../lib/effects.ts';
import { notifications as messenger } from '../../lib/notify.ts';
import { UndoStack } from '../../lib/undo.ts';
import { calendarEffect, databaseStep, undoEffect } from '../../policies.ts';
import { appointmentStart } from '../appointment/contract.ts';
import type { BookingInput, BookingResult, UnavailableReason } from './contract.ts';

const desk = proxyLocalActivities<BookingActivities>(databaseStep);
const runs = proxyLocalActivities<RunActivities>(databaseStep);
const calendar = proxyEffects<BookingActivities>(calendarEffect);
const calendarUndo = proxyEffects<BookingActivities>(undoEffect);

/** A booking asked for by API: one slot, booked or answered with alternatives. */
export async function booking(input: BookingInput): Promise<BookingResult> {
  const result = await bookSlot(input);
  await CancellationScope.nonCancellable(() => desk.finishBooking(input.appointmentId, result));
  return result;
}

/**
 * Validate → CheckAvailability → CreateAppointment (one transaction) → CreateCalcomBooking →
 * SendConfirmations → UpdateStatistics. Up to the calendar's yes everything is undone on any failure;
 * after it the appointment stands. A call runs this inside its own run.
 */
export async function bookSlot(input: BookingInput): Promise<BookingResult> {
  const undo = new UndoStack();
  try {
    return await holdAndBook(input, undo);
  } catch (error) {
    await undo.run();
    if (isCancellation(error)) return { status: 'cancelled' };
    const reason = findFailure(error)?.message ?? 'the calendar could not be reached in time';
    const refused = isFailure(error, 'VendorRejected', 'EffectUnknown');
    return refused ? { status: 'calendar-refused', reason } : { status: 'calendar-unavailable', reason };
  }
}

async function holdAndBook(input: BookingInput, undo: UndoStack): Promise<BookingResult> {
  const { appointmentId } = input;
  const refusedStaff: string[] = [];
  for (;;) {
    undo.add(() => desk.releaseAppointment(appointmentId, 'booking undone'));
    const hold = await desk.holdAppointment(input, refusedStaff);
    if (hold.status === 'invalid') return { status: 'invalid', reason: hold.reason };
    if (hold.status === 'not-available') return offerAlternatives(input, hold.reason);

    undo.add(() => calendarUndo.cancelCalcomBooking(appointmentId, 'booking undone'));
    try {
      const { uid } = await calendar.createCalcomBooking(appointmentId);
      await CancellationScope.nonCancellable(() => confirm(input, uid));
      return { status: 'booked', appointmentId, staffId: hold.staffId, startsAt: hold.startsAt };
    } catch (error) {
      if (!isFailure(error, 'SlotTaken')) throw error;
      // Somebody was faster in the calendar; another staff member may still be free.
      await undo.run();
      refusedStaff.push(hold.staffId);
    }
  }
}

async function confirm(input: BookingInput, bookingUid: string): Promise<void> {
  const { appointmentId, companyId } = input;
  const { notifications, firstReminderInMs } = await desk.confirmAppointment(appointmentId, bookingUid);
  const unsettled = await messenger.send(notifications);
  const life = { appointmentId, companyId, unsettled };
  // What one try has not settled cannot wait for the first reminder.
  await runs.launchWorkflow(appointmentStart(life, unsettled.length > 0 ? 0 : firstReminderInMs));
}

async function offerAlternatives(input: BookingInput, reason: UnavailableReason): Promise<BookingResult> {
  const alternatives = await desk.findAlternatives(input);
  return reason === 'taken'
    ? { status: 'slot-lost', alternatives }
    : { status: 'not-available', reason, alternatives };
}
