import { atLocalMinute } from '../time.ts';
import { addMonths } from './month.ts';

/** From the first midnight of a month up to that of the next, by the clock of a zone. */
export function monthSpan(month: string, zone: string): { from: Date; to: Date } {
  const first = (of: string) => atLocalMinute(`${of}-01`, 0, zone);
  return { from: first(month), to: first(addMonths(month, 1)) };
}
