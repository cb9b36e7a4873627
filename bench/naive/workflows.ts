import { ParentClosePolicy, proxyActivities, sleep, startChild, uuid4 } from '@temporalio/workflow';
import type { CallInput, CallResult } from '../../workflows/phone-desk/call/contract.ts';
import type { NaiveActivities } from './activities.ts';

const steps = proxyActivities<NaiveActivities>({ startToCloseTimeout: '1 minute' });

const HOUR_MS = 3_600_000;

/** The chain of a call as one writes it first: one ordinary activity after the other. */
export async function naiveCallBooking(input: CallInput): Promise<CallResult> {
  const call = await steps.extractCall(input);
  const { customerId, callId } = await steps.findOrCreateCustomer(call);
  const wish = await steps.readWish(callId);
  if (wish.kind !== 'slot') return { outcome: 'no-wish', appointmentId: null };
  const slot = await steps.checkAvailability(call.companyId, wish.slot);
  const appointment = { ...slot, appointmentId: uuid4(), companyId: call.companyId, customerId, callId };
  await steps.createAppointment(appointment);
  const bookingUid = await steps.createCalcomBooking(appointment);
  await steps.sendMail(appointment);
  await steps.sendSms(appointment);
  await steps.updateStatistics(appointment, bookingUid);
  const reminderInMs = new Date(slot.startsAt).getTime() - 24 * HOUR_MS - Date.now();
  await startChild(naiveAppointment, {
    workflowId: `naive-appointment/${appointment.appointmentId}`,
    args: [reminderInMs],
    parentClosePolicy: ParentClosePolicy.ABANDON,
  });
  return { outcome: 'booked', appointmentId: appointment.appointmentId };
}

/** Waits for the first reminder; the benchmark ends before it. */
export async function naiveAppointment(reminderInMs: number): Promise<void> {
  await sleep(reminderInMs);
}
