import { expect, it } from 'vitest';
import { dailyCallWorkflowId } from '../../../shared/ids.ts';
import type { DailyBooks } from './books.ts';
import { compareDailyBooks, type DailyVerdict } from './compare.ts';
import type { DueUser, Turn } from './due-user.ts';

const company = { slug: 'fault-0', callsAtOnce: 1 };
const turn = (script: Turn['script']): Turn => ({
  script,
  ring_ms: 100,
  talk_ms: 900,
  late_ms: 500,
  duration_ms: 1_000,
});

/** Somebody in Berlin who may be called until 13:00, does not answer at first, and then does. */
const user: DueUser = {
  id: 'u1',
  company,
  phone: '+4915110000000',
  provider: 'callkaro',
  zone: 'Europe/Berlin',
  callTime: '12:00',
  weekdays: [1, 2, 3, 4, 5, 6, 7],
  windowFrom: '08:00',
  windowTo: '13:00',
  quiet: null,
  maxAttempts: 3,
  retryDelays: { 'no-answer': 1, busy: 1, failed: 1, voicemail: null },
  enabled: true,
  consent: true,
  doNotCall: false,
  expected: 'called',
  dueAt: new Date('2026-03-02T11:00:00Z'),
  localDate: '2026-03-02',
  turns: [turn('no-answer'), turn('answers')],
};
const workflowId = dailyCallWorkflowId(user.id, user.localDate);
const dial = (attemptId: string, time: string) => ({
  provider: 'callkaro',
  attemptId,
  phone: user.phone,
  at: new Date(`2026-03-02T${time}Z`),
  reportedAt: new Date(`2026-03-02T${time}Z`),
});

function goodBooks(): DailyBooks {
  return {
    users: [structuredClone(user)],
    days: [{ user_id: 'u1', local_date: '2026-03-02', status: 'ended', outcome: 'completed', reason: null }],
    attempts: [
      { id: 'a1', user_id: 'u1', number: 1, status: 'no-answer', ended_reason: null },
      { id: 'a2', user_id: 'u1', number: 2, status: 'completed', ended_reason: null },
    ],
    openReviews: [],
    openEffects: [],
    inboxLeft: [],
    failedRuns: [],
    openRuns: [],
    dials: [dial('a1', '11:00:01'), dial('a2', '11:01:02')],
  };
}

/** The kinds of offences in books that were changed so. */
function judge(change: (books: DailyBooks) => void): string[] {
  const books = goodBooks();
  change(books);
  const verdict = compareDailyBooks(books, 1);
  return Object.keys(verdict).filter((kind) => verdict[kind as keyof DailyVerdict].length > 0);
}
const [first, second] = [0, 1] as const;

it('finds nothing in books that agree', () => {
  expect(judge(() => {})).toEqual([]);
});

it('counts a day whose call nobody knows of as handed to a person while its review is open', () => {
  const withReview = (books: DailyBooks) => {
    Object.assign(books.days[first]!, { status: 'open', outcome: null });
    Object.assign(books.attempts[second]!, { status: 'planned' });
    books.openRuns.push(workflowId);
    books.openReviews.push({ workflow_id: workflowId, question: {} });
  };
  expect(judge(withReview)).toEqual([]);
  expect(
    judge((books) => {
      withReview(books);
      books.openReviews.pop();
    }),
  ).toEqual(['forgotten', 'wrong', 'stuck']);
});

it.each<[string, (books: DailyBooks) => void, string[]]>([
  ['a due user without a day', ({ days }) => days.pop(), ['forgotten']],
  [
    'a day that has not ended',
    ({ days }) => Object.assign(days[first]!, { status: 'open', outcome: null }),
    ['forgotten'],
  ],
  [
    'a retry that was not made',
    ({ days, attempts, dials }) => {
      Object.assign(days[first]!, { outcome: 'not-reached' });
      attempts.pop();
      dials.pop();
    },
    ['forgotten'],
  ],
  [
    'a user who was never called',
    ({ days, attempts, dials }) => {
      Object.assign(days[first]!, { outcome: 'window-over' });
      attempts.splice(0);
      dials.splice(0);
    },
    ['forgotten'],
  ],
  [
    'a day of a user who is not due',
    ({ users }) => Object.assign(users[first]!, { expected: 'not-in-this-run' }),
    ['forgotten', 'twice'],
  ],
  [
    'a call to a user who has not consented',
    ({ users, days }) => {
      Object.assign(users[first]!, { expected: 'refused' });
      Object.assign(days[first]!, { outcome: 'not-allowed' });
    },
    ['twice'],
  ],
  ['an event that was not handed over', ({ inboxLeft }) => inboxLeft.push(event('failed')), ['forgotten']],
  [
    'an attempt that rang twice',
    ({ users, dials }) => {
      Object.assign(users[first]!, { turns: [turn('no-answer'), turn('no-answer'), turn('answers')] });
      dials.splice(1, 1, dial('a1', '11:01:02'), dial('a2', '11:02:03'));
    },
    ['twice'],
  ],
  [
    'a call of no attempt',
    ({ dials }) => Object.assign(dials[second]!, { attemptId: 'a9' }),
    ['twice', 'wrong'],
  ],
  ['more calls than wished', ({ users }) => Object.assign(users[first]!, { maxAttempts: 1 }), ['twice']],
  [
    'a call after the conversation',
    ({ users }) => Object.assign(users[first]!, { turns: [turn('answers')] }),
    ['twice', 'wrong'],
  ],
  [
    'a call when the window is over',
    ({ users }) => Object.assign(users[first]!, { windowTo: '12:01' }),
    ['outside'],
  ],
  [
    'a call in quiet hours',
    ({ users }) => Object.assign(users[first]!, { quiet: { from: '12:01', to: '14:00' } }),
    ['outside'],
  ],
  [
    'a call on another day',
    ({ users, days }) => {
      Object.assign(users[first]!, { localDate: '2026-03-03' });
      Object.assign(days[first]!, { local_date: '2026-03-03' });
    },
    ['outside'],
  ],
  [
    'a retry before its delay is over',
    ({ dials }) => Object.assign(dials[second]!, { at: new Date('2026-03-02T11:01:01Z') }),
    ['early'],
  ],
  [
    'a retry of what is not repeated',
    ({ users }) => Object.assign(users[first]!, { retryDelays: { ...user.retryDelays, 'no-answer': null } }),
    ['early'],
  ],
  [
    'two calls at once where one is allowed',
    ({ users, days, attempts, dials }) => {
      const other = { id: 'u2', phone: '+4915110000001', turns: [turn('answers')] };
      users.push({ ...structuredClone(user), ...other });
      days.push({ ...days[first]!, user_id: 'u2' });
      attempts.push({ ...attempts[second]!, id: 'b1', user_id: 'u2', number: 1 });
      dials.push({ ...dial('b1', '11:00:00.500'), phone: other.phone });
    },
    ['crowded'],
  ],
  [
    'an outcome that the call did not have',
    ({ attempts }) => Object.assign(attempts[first]!, { status: 'busy' }),
    ['wrong'],
  ],
  ['an attempt that the provider does not have', ({ dials }) => dials.pop(), ['forgotten', 'wrong']],
  ['an open run', ({ openRuns }) => openRuns.push(workflowId), ['stuck']],
  [
    'an open effect',
    ({ openEffects }) =>
      openEffects.push({ key: 'dial:a1', operation: 'calls.create', status: 'intent', attempts: 1 }),
    ['stuck'],
  ],
  ['an event in the inbox', ({ inboxLeft }) => inboxLeft.push(event('pending')), ['stuck']],
])('notices %s', (_, change, kinds) => {
  expect(judge(change)).toEqual(kinds);
});

function event(status: string) {
  return { event_key: 'e', status, last_error: null };
}
