/** A stretch of a weekday (ISO: 1 Monday to 7 Sunday), in minutes of the day by somebody's clock. */
export interface WorkingHours {
  weekday: number;
  startMinute: number;
  endMinute: number;
}

/** When at least one of those works to whom the hours belong: what overlaps or touches is one stretch. */
export function openingHours(hours: readonly WorkingHours[]): WorkingHours[] {
  const merged: WorkingHours[] = [];
  for (const next of hours.toSorted((a, b) => a.weekday - b.weekday || a.startMinute - b.startMinute)) {
    const last = merged.at(-1);
    if (last?.weekday === next.weekday && next.startMinute <= last.endMinute) {
      last.endMinute = Math.max(last.endMinute, next.endMinute);
    } else merged.push({ ...next });
  }
  return merged;
}
