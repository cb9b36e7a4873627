import { dailyCallWorkflowId } from '../../../shared/ids.ts';
import type { AttemptRow, DailyBooks, DayRow, Dial } from './books.ts';
import type { DueUser } from './due-user.ts';
import { groupBy } from './group-by.ts';

/** A user with what the three books say about the one day. */
export interface UserBooks {
  user: DueUser;
  days: DayRow[];
  attempts: AttemptRow[];
  dials: Dial[];
  /** A person is asked about the day. */
  asked: boolean;
}

/** The books of each user. */
export function byUser(books: DailyBooks): UserBooks[] {
  const group = <Row>(rows: Row[], keyOf: (row: Row) => string) => groupBy(rows, keyOf);
  const days = group(books.days, ({ user_id }) => user_id);
  const attempts = group(books.attempts, ({ user_id }) => user_id);
  const dials = group(books.dials, ({ phone }) => phone);
  const asked = new Set(books.openReviews.map(({ workflow_id }) => workflow_id));
  return books.users.map((user) => ({
    user,
    days: days.get(user.id) ?? [],
    attempts: attempts.get(user.id) ?? [],
    dials: dials.get(user.phone) ?? [],
    asked: asked.has(dailyCallWorkflowId(user.id, user.localDate)),
  }));
}
