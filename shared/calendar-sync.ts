/** What is compared with a company's calendar. */
export type SyncKind = 'bookings' | 'event-types';

/**
 * How a comparison stands. `synced`: everything was compared and taken over · `key-refused`: the calendar refuses the
 * company's key · `postponed`: it did not answer in time, the next one goes on from there · `not-connected`: the
 * company has no key or is not active · `failed`: it broke off, which its reason and the failed run explain.
 */
export type SyncStatus =
  | 'requested'
  | 'running'
  | 'synced'
  | 'key-refused'
  | 'postponed'
  | 'not-connected'
  | 'failed';

/** How a comparison can end. */
export type SyncEnd = Exclude<SyncStatus, 'requested' | 'running'>;

/** What differed between the calendar and us, with what follows from it. */
export const driftKinds = {
  /** A booking that somebody else made there becomes an appointment. */
  'unknown-here': 'The calendar has a booking that we do not know.',
  /** The calendar wins: the appointment follows, and the customer is told. */
  'moved-there': 'The calendar has the appointment at another time.',
  /** The calendar wins: the appointment is cancelled, and the customer is told. */
  'cancelled-there': 'The calendar has cancelled the appointment.',
  /** Absence proves nothing (a changed account looks the same): a person decides. */
  'gone-there': 'The calendar does not have the appointment any more.',
  'no-show': 'The calendar says otherwise whether the customer came.',
  /** A cancellation wins over whatever else: the booking is taken out of the calendar. */
  'standing-there': 'The calendar still has an appointment that is cancelled here.',
  /** The calendar wins, a cancellation before a move; the company is told by mail. */
  'both-changed': 'The appointment was changed there and here since they last agreed.',
} as const satisfies Record<string, string>;

export type DriftKind = keyof typeof driftKinds;

/**
 * Whether a booking that stands in the calendar was made after its appointment was cancelled here: it is a new one,
 * whatever it says it comes from. An older one is on its way out.
 */
export function isBookedAnew(
  ours: { status: string; calcom_booking_uid: string | null; updated_at: Date },
  there: { uid: string; updatedAt: string },
): boolean {
  const elsewhere = there.uid !== ours.calcom_booking_uid;
  return ours.status === 'cancelled' && elsewhere && new Date(there.updatedAt) > ours.updated_at;
}

const DAY_MS = 86_400_000;
/** Whoever blocks more than a week has not made an appointment. */
const LONGEST_MS = 7 * DAY_MS;

/** Why no appointment can last as long as a booking does; null: it can. */
export function lengthProblem({ start, end }: { start: string; end: string }): string | null {
  const lengthMs = Date.parse(end) - Date.parse(start);
  if (lengthMs <= 0) return 'it has no length';
  return lengthMs > LONGEST_MS ? 'it is longer than a week' : null;
}
