import type { Collection } from '../../../shared/emulator.ts';
import type { Span } from './account.ts';
import { overlaps } from './schedule.ts';

const HOUR_MS = 3_600_000;

/**
 * A collection that also finds what touches a stretch of time without reading everything. The hours are hints:
 * the collection may be emptied or set back, so what it says counts.
 */
export function indexByTime<T extends Span & { uid: string }>(kept: Collection<T>) {
  let hours: Map<number, Set<string>> | null = null;

  const hoursOf = ({ start, end }: Span): number[] => {
    const [first, last] = [Math.floor(start / HOUR_MS), Math.floor(end / HOUR_MS)];
    return Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
  };
  const note = (index: Map<number, Set<string>>, value: T) => {
    for (const hour of hoursOf(value)) index.set(hour, (index.get(hour) ?? new Set()).add(value.uid));
  };
  const built = () => {
    if (hours) return hours;
    hours = new Map();
    for (const value of kept.values()) note(hours, value);
    return hours;
  };

  return {
    ...kept,
    put(uid: string, value: T): void {
      kept.put(uid, value);
      note(built(), value);
    },
    /** What touches `span`, in no order. */
    touching(span: Span): T[] {
      const uids = new Set(hoursOf(span).flatMap((hour) => [...(built().get(hour) ?? [])]));
      return [...uids].flatMap((uid) => {
        const value = kept.get(uid);
        return value && overlaps(value, span) ? [value] : [];
      });
    },
  };
}
