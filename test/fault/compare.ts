import { callWorkflowId } from '../../shared/ids.ts';
import type { Books, NotificationRow } from './books.ts';

/** One thing that the books disagree on. */
export interface Offence {
  what: string;
  why: string;
}

export interface Verdict {
  lost: Offence[];
  repeated: Offence[];
  stuck: Offence[];
  /** Open questions to people: neither lost nor stuck. */
  handedToPerson: number;
}

/** How a call must end to count as carried out. */
export type Expectation = (outcome: string | null, detail: Record<string, unknown> | null) => boolean;

export const isClean = ({ lost, repeated, stuck }: Verdict) =>
  lost.length + repeated.length + stuck.length === 0;

/** Compares what was sent in, what our database says, and what the vendors executed. */
export function compareBooks(books: Books, asExpected: Expectation): Verdict {
  return {
    lost: [
      ...lostCalls(books, asExpected),
      ...lostEvents(books),
      ...lostBookings(books),
      ...lostMessages(books),
    ],
    repeated: repeatedEffects(books),
    stuck: stuckWork(books),
    handedToPerson: books.openReviews.length,
  };
}

function lostCalls({ played, calls, openReviews }: Books, asExpected: Expectation): Offence[] {
  const byId = new Map(calls.map((call) => [call.vendor_call_id, call]));
  const asked = new Set(openReviews.map(({ workflow_id }) => workflow_id));
  const unexplained = played.filter((id) => {
    const call = byId.get(id);
    if (!call?.outcome) return !asked.has(callWorkflowId('retell', id));
    return !asExpected(call.outcome, call.outcome_detail);
  });
  return unexplained.map((id) => {
    const call = byId.get(id);
    const detail = call?.outcome_detail ? ` ${JSON.stringify(call.outcome_detail)}` : '';
    return { what: `call ${id}`, why: call ? `outcome ${call.outcome}${detail}` : 'no row in calls' };
  });
}

function lostEvents({ inboxLeft, failedRuns }: Books): Offence[] {
  return [
    ...inboxLeft
      .filter(({ status }) => status === 'failed')
      .map((event) => ({ what: `event ${event.event_key}`, why: `not handed over: ${event.last_error}` })),
    ...failedRuns.map((run) => ({ what: `run ${run.workflow_id}`, why: `failed: ${run.last_error}` })),
  ];
}

/** A booked appointment has the booking it names; any other has none that stands. */
function lostBookings({ appointments, bookings }: Books): Offence[] {
  const standing = bookings.filter(({ cancelled }) => !cancelled);
  const known = new Set(appointments.map(({ id }) => id));
  const offences = appointments.flatMap(({ id, status, calcom_booking_uid }) => {
    const uids = standing.filter(({ appointmentId }) => appointmentId === id).map(({ uid }) => uid);
    if (status === 'booked' && !uids.includes(calcom_booking_uid ?? '')) {
      return [{ what: `appointment ${id}`, why: `booked as ${calcom_booking_uid}, Cal.com has [${uids}]` }];
    }
    if (status !== 'booked' && uids.length > 0) {
      return [{ what: `appointment ${id}`, why: `${status}, but Cal.com still has [${uids}]` }];
    }
    return [];
  });
  const strangers = standing.filter(({ appointmentId }) => !known.has(appointmentId));
  return [
    ...offences,
    ...strangers.map(({ uid }) => ({ what: `booking ${uid}`, why: 'of no appointment of ours' })),
  ];
}

/** What the vendor sees of a notification: the Message-ID, or the reference in the text. */
const vendorKey = ({ id, channel }: NotificationRow) =>
  channel === 'email' ? `<notification-${id}@switchboard.example>` : id.replaceAll('-', '').slice(0, 12);

function lostMessages({ appointments, notifications, openReviews, mails, messages }: Books): Offence[] {
  const executed = new Set([...mails, ...messages].map(({ key }) => key));
  const asked = new Set(openReviews.map(({ question }) => question.notificationId));
  const offences = notifications.flatMap((notification) => {
    const what = `${notification.channel} ${notification.id}`;
    const { status, reason } = notification;
    if (status === 'sent') {
      return executed.has(vendorKey(notification)) ? [] : [{ what, why: 'sent, but the vendor has nothing' }];
    }
    if (status === 'unknown' && asked.has(notification.id)) return [];
    return [{ what, why: `${status} ${reason ?? ''}; nobody is asked about it` }];
  });
  const told = new Set(notifications.map((row) => `${row.appointment_id} ${row.channel}`));
  const silent = appointments
    .filter(({ status }) => status === 'booked')
    .flatMap(({ id }) => (['email', 'sms'] as const).map((channel) => ({ id, channel })))
    .filter(({ id, channel }) => !told.has(`${id} ${channel}`));
  return [
    ...offences,
    ...silent.map(({ id, channel }) => ({ what: `appointment ${id}`, why: `booked without ${channel}` })),
  ];
}

function repeatedEffects({ bookings, mails, messages, appointments, calls }: Books): Offence[] {
  const standing = bookings.filter(({ cancelled }) => !cancelled);
  const booked = appointments.filter(({ status }) => status === 'booked');
  return [
    ...moreThanOnce(
      'bookings.create',
      'key',
      bookings.map(({ key }) => key),
    ),
    ...moreThanOnce(
      'standing bookings',
      'appointment',
      standing.map(({ appointmentId }) => appointmentId),
    ),
    ...moreThanOnce(
      'booked appointments',
      'call',
      booked.map(({ call_id }) => call_id ?? 'none'),
    ),
    ...moreThanOnce(
      'rows in calls',
      'vendor call',
      calls.map(({ vendor_call_id }) => vendor_call_id),
    ),
    ...moreThanOnce(
      'mail.deliver',
      'Message-ID',
      mails.map(({ key }) => key),
    ),
    ...moreThanOnce(
      'messages.create',
      'reference',
      messages.map(({ key }) => key),
    ),
  ];
}

function moreThanOnce(operation: string, of: string, keys: string[]): Offence[] {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > 1)
    .map(([key, count]) => ({ what: `${of} ${key}`, why: `${count} × ${operation}` }));
}

function stuckWork({ openRuns, openReviews, openEffects, inboxLeft }: Books): Offence[] {
  const waiting = new Set(openReviews.map(({ workflow_id }) => workflow_id));
  return [
    ...openRuns
      .filter((workflowId) => !waiting.has(workflowId))
      .map((workflowId) => ({ what: `run ${workflowId}`, why: 'open, and waits for nobody' })),
    ...openEffects.map(({ key, operation, status, attempts }) => ({
      what: `effect ${key}`,
      why: `${operation} is still ${status} after ${attempts} attempt(s)`,
    })),
    ...inboxLeft
      .filter(({ status }) => status === 'pending')
      .map((event) => ({ what: `event ${event.event_key}`, why: 'still pending in the inbox' })),
  ];
}
