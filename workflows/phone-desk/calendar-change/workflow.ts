import { allHandlersFinished, condition, proxyActivities, setHandler } from '@temporalio/workflow';
import type { RunActivities } from '../../../activities/operations/run/index.ts';
import type { Adopted } from '../../../activities/phone-desk/calendar-change/adopted.ts';
import type { CalendarChangeActivities } from '../../../activities/phone-desk/calendar-change/index.ts';
import { News } from '../../lib/news.ts';
import { ReviewDesk } from '../../lib/review.ts';
import { proxySteps } from '../../lib/steps.ts';
import { calendarRead, databaseStep, effectFirstTry } from '../../policies.ts';
import { appointmentChangedSignal, appointmentStart } from '../appointment/contract.ts';
import { type CalendarChangeInput, type CalendarChangeResult, calendarNewsSignal } from './contract.ts';

const calendar = proxyActivities<CalendarChangeActivities>(calendarRead);
const steps = proxySteps<CalendarChangeActivities>(databaseStep);
const tell = proxySteps<CalendarChangeActivities>(effectFirstTry);
const runs = proxySteps<RunActivities>(databaseStep);

/**
 * Something happened to a booking in the calendar. The booking is read there as it stands now, so that the order
 * and the number of the events mean nothing, and brought to our side: a booking of somebody else becomes an
 * appointment, a move or a cancellation of ours goes to the appointment's own run.
 */
export async function calendarChange(input: CalendarChangeInput): Promise<CalendarChangeResult> {
  const news = new News();
  const desk = new ReviewDesk();
  setHandler(calendarNewsSignal, () => news.arrived());
  for (;;) {
    const { status, reason } = await adopt(input, news);
    if (status !== 'conflict' && status !== 'gone') {
      if (news.unread) continue;
      return { status };
    }
    const answer = await askAbout(input, status, reason, news, desk);
    if (answer === 'look-again') continue;
    if (answer === 'cancel') {
      await nudgeLife(await steps.fileGone(input));
      await condition(allHandlersFinished);
      return { status: 'cancelled' };
    }
    // Whoever has answered is told that it was taken.
    await condition(allHandlersFinished);
    return { status };
  }
}

async function adopt(input: CalendarChangeInput, news: News) {
  news.read();
  const adopted = await calendar.adoptBooking(input);
  await nudgeLife(adopted.appointment);
  // What does not go out at once goes out after the next comparison with the calendar.
  if (adopted.driftToTell) await tell.tellBothChanged(adopted.driftToTell).catch(() => {});
  return adopted;
}

async function nudgeLife(appointment: Adopted['appointment']): Promise<void> {
  if (!appointment) return;
  const life = appointmentStart({ ...appointment, unsettled: [] });
  await runs.nudgeWorkflow({ ...life, whenClosed: 'start-again' }, appointmentChangedSignal.name);
}

/** Asks a person once, however often the calendar tells the same; a change that solves it is an answer, too. */
async function askAbout(
  input: CalendarChangeInput,
  about: 'conflict' | 'gone',
  reason: string | undefined,
  news: News,
  desk: ReviewDesk,
): Promise<'look-again' | 'cancel' | 'leave-it'> {
  const { companyId, bookingUid } = input;
  let solved = false;
  let ended = false;
  const kind = about === 'gone' ? 'calendar-booking-gone' : 'calendar-conflict';
  const asking = desk
    .ask({ kind, companyId, entity: bookingUid, question: { bookingUid, reason } }, () => solved)
    .finally(() => {
      ended = true;
    });
  for (;;) {
    await condition(() => ended || news.unread);
    if (ended) break;
    solved = (await adopt(input, news)).status !== about;
    if (solved) break;
  }
  const answer = await asking;
  if (answer?.action === 'cancel') return 'cancel';
  return solved || answer?.action === 'retry' ? 'look-again' : 'leave-it';
}
