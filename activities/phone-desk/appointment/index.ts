import { finishRequest } from '../../../db/phone-desk/appointment/appointment-life.ts';
import type { Deps } from '../../../platform/deps.ts';
import { cancelAppointment } from './cancel-appointment.ts';
import { completeAppointment } from './complete-appointment.ts';
import { fileNotification } from './file-notification.ts';
import { nextStep } from './next-step.ts';

/** What the `appointment` chain does to the outside; contents only. */
export function createAppointmentActivities(deps: Deps) {
  return {
    nextStep: nextStep.bind(null, deps),
    fileNotification: fileNotification.bind(null, deps),
    cancelAppointment: cancelAppointment.bind(null, deps),
    completeAppointment: completeAppointment.bind(null, deps),
    finishRequest: (requestId: string, refusal: string | null) => finishRequest(deps.db, requestId, refusal),
  };
}

export type AppointmentActivities = ReturnType<typeof createAppointmentActivities>;
