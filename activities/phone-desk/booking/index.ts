import type { Deps } from '../../../platform/deps.ts';
import { cancelCalcomBooking } from './cancel-calcom-booking.ts';
import { confirmAppointment } from './confirm-appointment.ts';
import { createCalcomBooking } from './create-calcom-booking.ts';
import { findAlternatives } from './find-alternatives.ts';
import { finishBooking } from './finish-booking.ts';
import { holdAppointment } from './hold-appointment.ts';
import { releaseAppointment } from './release-appointment.ts';
import { rescheduleBooking } from './reschedule-booking.ts';
import { undoReschedule } from './undo-reschedule.ts';
import { withdrawMove } from './withdraw-move.ts';

/** What the `booking` chain does to the outside; contents only. */
export function createBookingActivities(deps: Deps) {
  return {
    holdAppointment: holdAppointment.bind(null, deps),
    releaseAppointment: releaseAppointment.bind(null, deps),
    createCalcomBooking: createCalcomBooking.bind(null, deps),
    cancelCalcomBooking: cancelCalcomBooking.bind(null, deps),
    rescheduleBooking: rescheduleBooking.bind(null, deps),
    undoReschedule: undoReschedule.bind(null, deps),
    withdrawMove: withdrawMove.bind(null, deps),
    confirmAppointment: confirmAppointment.bind(null, deps),
    findAlternatives: findAlternatives.bind(null, deps),
    finishBooking: finishBooking.bind(null, deps),
  };
}

export type BookingActivities = ReturnType<typeof createBookingActivities>;
