import { allHandlersFinished, condition, proxyActivities, setHandler } from '@temporalio/workflow';
import type { RunActivities } from '../../../activities/operations/run/index.ts';
import type { CalendarChangeActivities } from '../../../activities/phone-desk/calendar-change/index.ts';
import { News } from '../../lib/news.ts';
import { ReviewDesk } from '../../lib/review.ts';
import { proxySteps } from '../../lib/steps.ts';
import { calendarRead, databaseStep } from '../../policies.ts';
import { appointmentChangedSignal, appointmentStart } from '../appointment/contract.ts';
import { type CalendarChangeInput, type CalendarChangeResult, calendarNewsSignal } from './contract.ts';

const calendar = proxyActivities<CalendarChangeActivities>(calendarRead);
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
    if (status !== 'conflict') {
      if (news.unread) continue;
      return { status };
    }
    const answer = await askAbout(input, reason, news, desk);
    if (answer === 'look-again') continue;
    // Whoever has answered is told that it was taken.
    await condition(allHandlersFinished);
    return { status };
  }
}

async function adopt(input: CalendarChangeInput, news: News) {
  news.read();
  const adopted = await calendar.adoptBooking(input);
  if (adopted.appointment) {
    const life = appointmentStart({ ...adopted.appointment, unsettled: [] });
    await runs.nudgeWorkflow({ ...life, whenClosed: 'start-again' }, appointmentChangedSignal.name);
  }
  return adopted;
}

/** Asks a person once, however often the calendar tells the same; a change that solves it is an answer, too. */
async function askAbout(
  input: CalendarChangeInput,
  reason: string | undefined,
  news: News,
  desk: ReviewDesk,
): Promise<'look-again' | 'leave-it'> {
  const { companyId, bookingUid } = input;
  let solved = false;
  let ended = false;
  const asking = desk
    .ask(
      { kind: 'calendar-conflict', companyId, entity: bookingUid, question: { bookingUid, reason } },
      () => solved,
    )
    .finally(() => {
      ended = true;
    });
  for (;;) {
    await condition(() => ended || news.unread);
    if (ended) break;
    solved = (await adopt(input, news)).status !== 'conflict';
    if (solved) break;
  }
  const answer = await asking;
  return solved || answer?.action === 'retry' ? 'look-again' : 'leave-it';
}
