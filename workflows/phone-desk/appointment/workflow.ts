import { condition, isCancellation, proxyActivities, setHandler } from '@temporalio/workflow';
import type { AppointmentActivities } from '../../../activities/phone-desk/appointment/index.ts';
import type { BookingActivities } from '../../../activities/phone-desk/booking/index.ts';
import type { AdoptedChange } from '../../../activities/phone-desk/calendar-change/adopt-change.ts';
import type { CalendarChangeActivities } from '../../../activities/phone-desk/calendar-change/index.ts';
import type { Unsettled } from '../../../shared/messages/send-each-once.ts';
import { proxyEffects } from '../../lib/effects.ts';
import { notifications } from '../../lib/notify.ts';
import { ReviewDesk } from '../../lib/review.ts';
import { proxySteps } from '../../lib/steps.ts';
import { calendarEffect, calendarRead, databaseStep, undoEffect } from '../../policies.ts';
import {
  type AppointmentInput,
  type AppointmentResult,
  appointmentChangedSignal,
  messagesLeftSignal,
} from './contract.ts';

const life = proxySteps<AppointmentActivities>(databaseStep);
const calendar = proxyEffects<BookingActivities>(calendarEffect);
const bookings = proxyActivities<CalendarChangeActivities>(calendarRead);
const calendarUndo = proxyEffects<BookingActivities>(undoEffect);

type Reminder = Parameters<AppointmentActivities['nextStep']>[1][number];

/**
 * The life of a booked appointment: reminders, cancellation, moves, until it is over. The database says
 * what comes next; a signal only says that there is something new to read.
 */
export async function appointmentLife(input: AppointmentInput): Promise<AppointmentResult> {
  const { appointmentId } = input;
  let news = 0;
  setHandler(appointmentChangedSignal, () => {
    news += 1;
  });
  const desk = new ReviewDesk();
  const messages = new Map<string, Promise<void>>();
  const settleEach = (unsettled: Unsettled[]) => {
    for (const message of unsettled) {
      if (!messages.has(message.id)) messages.set(message.id, settle(desk, input, message));
    }
  };
  settleEach(input.unsettled);
  setHandler(messagesLeftSignal, settleEach);
  let told: Reminder[] = [];
  const tell = async (kind: Parameters<typeof life.fileNotification>[1]) => {
    settleEach(await notifications.send(await life.fileNotification(appointmentId, kind)));
  };

  for (;;) {
    const seen = news;
    const step = await life.nextStep(appointmentId, told);
    switch (step.kind) {
      case 'gone':
        await allSettled(messages);
        return { status: step.status };
      case 'request':
        // A request is finished last: whatever breaks it off before, it is carried out to its end.
        if (step.request.source === 'calendar') {
          const change = await adopt(step.request.id, input, desk, () => news > seen);
          if (change === 'moved') {
            await tell('rescheduled');
            told = [];
          }
          if (change === 'cancelled') await tell('cancellation');
          await life.finishRequest(step.request.id, change === 'conflict' ? 'taken' : null);
        } else if (step.request.kind === 'cancel') {
          await cancel(appointmentId);
          await tell('cancellation');
          await life.finishRequest(step.request.id, null);
          await allSettled(messages);
          return { status: 'cancelled' };
        } else {
          const refusal = await move(step.request.id);
          if (!refusal) {
            await tell('rescheduled');
            told = [];
          }
          await life.finishRequest(step.request.id, refusal);
        }
        break;
      case 'reminder':
        if (step.inMs > 0) await condition(() => news > seen, step.inMs);
        else {
          told.push(step.reminder);
          await tell(step.reminder);
        }
        break;
      case 'end':
        if (step.inMs > 0) {
          await condition(() => news > seen, step.inMs);
          break;
        }
        await life.completeAppointment(appointmentId);
        await allSettled(messages);
        return { status: 'completed' };
    }
  }
}

async function cancel(appointmentId: string): Promise<void> {
  await life.cancelAppointment(appointmentId, 'cancelled on request');
  await calendarUndo.cancelCalcomBooking(appointmentId, 'cancelled on request');
}

/** What has happened in the calendar, carried out here; a time that is taken here is for a person. */
async function adopt(
  requestId: string,
  { companyId, appointmentId }: AppointmentInput,
  desk: ReviewDesk,
  answersItself: () => boolean,
): Promise<AdoptedChange> {
  for (;;) {
    const change = await bookings.adoptChange(requestId);
    if (change !== 'conflict') return change;
    const question = { appointmentId, reason: 'it cannot stand here as it stands in the calendar now' };
    const kind = 'calendar-conflict';
    const answer = await desk.ask({ kind, companyId, entity: appointmentId, question }, answersItself);
    if (answer?.action !== 'retry') return change;
  }
}

/** Null: the appointment has a new time. A move that finds no answer in time is ended, not forgotten. */
async function move(requestId: string): Promise<string | null> {
  try {
    return await calendar.rescheduleBooking(requestId);
  } catch (error) {
    if (isCancellation(error)) throw error;
    return (await calendarUndo.undoReschedule(requestId)) ? null : 'calendar-unavailable';
  }
}

/** Waits for every message, and for those that come in meanwhile. */
async function allSettled(messages: Map<string, Promise<void>>): Promise<void> {
  for (let known = -1; known < messages.size; ) {
    known = messages.size;
    await Promise.all(messages.values());
  }
}

/** Brings a message to its end beside everything else. */
function settle(desk: ReviewDesk, input: AppointmentInput, unsettled: Unsettled): Promise<void> {
  return notifications.settle(desk, unsettled, (message) => ({
    companyId: input.companyId,
    entity: input.appointmentId,
    question: {
      effectKey: `notification:${message.id}`,
      channel: message.channel,
      notificationId: message.id,
    },
  }));
}
