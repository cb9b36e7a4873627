import { type NotedDrift, noteDrifts } from '../../../db/phone-desk/booking-sync/calendar-drift.ts';
import type { Deps } from '../../../platform/deps.ts';
import { type Cursor, nextCursor, readBookings } from './calendar-pages.ts';
import { compareBookings } from './compare-page.ts';

/** A page of the calendar, compared with what stands here. */
export interface ComparedPage {
  read: number;
  drifts: NotedDrift[];
  next: Cursor;
  more: boolean;
}

/** The next page of what has changed in the calendar, oldest change first. */
export async function readChanged(deps: Deps, companyId: string, cursor: Cursor): Promise<ComparedPage> {
  const { items, more } = await readBookings(deps, companyId, {
    afterUpdatedAt: cursor.from,
    sortUpdatedAt: 'asc',
    skip: String(cursor.skip),
  });
  const drifts = await compareBookings(deps, companyId, items);
  return {
    read: items.length,
    drifts: await noteDrifts(deps.db, companyId, drifts),
    next: nextCursor(
      cursor,
      items.map(({ updatedAt }) => updatedAt),
    ),
    more: more && items.length > 0,
  };
}
