import { expect, it } from 'vitest';
import type { Books } from './books.ts';
import { compareBooks, isClean } from './compare.ts';

const NOTIFICATIONS = {
  email: '0b6cbd2c-8b9e-4a57-8d8e-0f6f6e3a0001',
  sms: '0b6cbd2c-8b9f-4a57-8d8e-0f6f6e3a0002',
};

/** One call that was booked, mailed and texted. */
function goodBooks(): Books {
  const notification = { appointment_id: 'a1', status: 'sent', reason: null };
  return {
    played: ['call_1'],
    calls: [{ id: 'c1', vendor_call_id: 'call_1', outcome: 'booked', outcome_detail: null }],
    appointments: [{ id: 'a1', call_id: 'c1', status: 'booked', calcom_booking_uid: 'u1' }],
    notifications: [
      { ...notification, id: NOTIFICATIONS.email, channel: 'email' },
      { ...notification, id: NOTIFICATIONS.sms, channel: 'sms' },
    ],
    openEffects: [],
    openReviews: [],
    inboxLeft: [],
    failedRuns: [],
    openRuns: [],
    bookings: [
      { key: 'k1', appointmentId: 'a1', eventTypeId: 1, start: '2030-01-01', uid: 'u1', cancelled: false },
    ],
    mails: [{ key: `<notification-${NOTIFICATIONS.email}@switchboard.example>` }],
    messages: [{ key: '0b6cbd2c8b9f' }],
  };
}

const judge = (change: (books: Books) => void) => {
  const books = goodBooks();
  change(books);
  return compareBooks(books, (outcome) => outcome === 'booked');
};

it('finds nothing in books that agree', () => {
  expect(isClean(judge(() => {}))).toBe(true);
});

it.each<[string, (books: Books) => void]>([
  ['a call without a row', (books) => books.played.push('call_2')],
  ['a call without an outcome', (books) => Object.assign(books.calls[0]!, { outcome: null })],
  ['a call that ended otherwise', (books) => Object.assign(books.calls[0]!, { outcome: 'no-wish' })],
  ['an appointment without its booking', (books) => books.bookings.pop()],
  [
    'a booking that was left behind',
    (books) => Object.assign(books.appointments[0]!, { status: 'released' }),
  ],
  ['a pending notification', (books) => Object.assign(books.notifications[0]!, { status: 'pending' })],
  [
    'a mail that nobody is asked about',
    (books) => Object.assign(books.notifications[0]!, { status: 'unknown' }),
  ],
  ['a mail that the server never had', (books) => books.mails.pop()],
  ['a booking that nobody was told of', (books) => books.notifications.splice(0)],
  ['a failed run', (books) => books.failedRuns.push({ workflow_id: 'call/retell/x', last_error: 'x' })],
])('calls lost: %s', (_, change) => {
  expect(judge(change).lost).toHaveLength(_ === 'a booking that nobody was told of' ? 2 : 1);
});

it.each<[string, (books: Books) => void]>([
  ['two mails of one notification', (books) => books.mails.push(books.mails[0]!)],
  ['two SMS of one notification', (books) => books.messages.push(books.messages[0]!)],
  ['two bookings of one appointment', (books) => books.bookings.push({ ...books.bookings[0]!, key: 'k2' })],
  [
    'two appointments of one call',
    (books) => {
      books.appointments.push({ ...books.appointments[0]!, id: 'a2' });
    },
  ],
])('calls repeated: %s', (_, change) => {
  expect(judge(change).repeated).toHaveLength(1);
});

it.each<[string, (books: Books) => void]>([
  ['an open run', (books) => books.openRuns.push('call/retell/call_1')],
  [
    'an open effect',
    (books) => books.openEffects.push({ key: 'k', operation: 'o', status: 'intent', attempts: 1 }),
  ],
  [
    'an event in the inbox',
    (books) => books.inboxLeft.push({ event_key: 'e', status: 'pending', last_error: null }),
  ],
])('calls stuck: %s', (_, change) => {
  expect(judge(change).stuck).toHaveLength(1);
});

it('counts a mail whose outcome is unknown as handed to a person while its review is open', () => {
  const verdict = judge((books) => {
    Object.assign(books.notifications[0]!, { status: 'unknown' });
    const question = { notificationId: NOTIFICATIONS.email };
    books.openReviews.push({ workflow_id: 'appointment/a1', kind: 'unknown-effect', question });
    books.openRuns.push('appointment/a1');
  });
  expect(isClean(verdict)).toBe(true);
  expect(verdict.handedToPerson).toBe(1);
});
