/*
 * A second way to tell local times: nothing but what Intl.DateTimeFormat shows on the clock of a zone, read minute by
 * minute. Shares no code with what it checks.
 */
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const clocks = new Map<string, Intl.DateTimeFormat>();

/** What the calendar and the clock of a zone show: `YYYY-MM-DD HH:MM`. */
export function readClock(zone: string, atMs: number): string {
  let clock = clocks.get(zone);
  if (!clock) {
    clock = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
    clocks.set(zone, clock);
  }
  return clock.format(atMs);
}

export const dateAt = (zone: string, atMs: number) => readClock(zone, atMs).slice(0, 10);
export const timeAt = (zone: string, atMs: number) => readClock(zone, atMs).slice(11);

/** All calendar days from one to another, both included. */
export function calendar(from: string, to: string): string[] {
  const days: string[] = [];
  for (let ms = Date.parse(from); ms <= Date.parse(to); ms += DAY_MS)
    days.push(new Date(ms).toISOString().slice(0, 10));
  return days;
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const weekdayFormat = new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', weekday: 'short' });

/** ISO weekday of a calendar day. */
export function weekday(date: string): number {
  return weekdays.indexOf(weekdayFormat.format(Date.parse(date))) + 1;
}

/** When a clock shows what, in order, in steps of some minutes. */
export interface Shown {
  atMs: number;
  shows: string;
}

/** The times at which the clocks of a zone change between two moments, each with what they show around it. */
export function clockChanges(zone: string, fromMs: number, toMs: number, stepMinutes: number): Shown[][] {
  const distance = (atMs: number) => Date.parse(`${readClock(zone, atMs).replace(' ', 'T')}Z`) - atMs;
  const changes: Shown[][] = [];
  let before = distance(fromMs);
  for (let atMs = fromMs + DAY_MS; atMs <= toMs; atMs += DAY_MS) {
    const now = distance(atMs);
    if (now !== before) changes.push(readings(zone, atMs - 2.2 * DAY_MS, atMs + 1.2 * DAY_MS, stepMinutes));
    before = now;
  }
  return changes;
}

/** What the clock of a zone shows from one moment to another. */
export function readings(zone: string, fromMs: number, toMs: number, stepMinutes: number): Shown[] {
  const stepMs = stepMinutes * MINUTE_MS;
  const shown: Shown[] = [];
  for (let atMs = Math.ceil(fromMs / stepMs) * stepMs; atMs <= toMs; atMs += stepMs)
    shown.push({ atMs, shows: readClock(zone, atMs) });
  return shown;
}

/** The calendar days that readings hold from beginning to end. */
export function wholeDays(shown: Shown[]): string[] {
  return [...new Set(shown.map(({ shows }) => shows.slice(0, 10)))].slice(1, -1);
}

/** All moments at which a clock shows a time of a day. */
export function momentsShowing(shown: Shown[], date: string): Map<string, number[]> {
  const moments = new Map<string, number[]>();
  for (const { atMs, shows } of shown) {
    if (!shows.startsWith(date)) continue;
    const time = shows.slice(11);
    moments.set(time, [...(moments.get(time) ?? []), atMs]);
  }
  return moments;
}

/**
 * The moment to take for a time of a day that a clock jumps over: that of the jump or, when it jumps into another
 * day, the one at which the clock shows the time as much earlier as the jump is long.
 */
export function besideJump(shown: Shown[], date: string, time: string): number | undefined {
  const wanted = `${date} ${time}`;
  const jump = shown.findIndex(({ shows }, i) => shows > wanted && i > 0 && shown[i - 1]!.shows < wanted);
  const [before, after] = [shown[jump - 1]!, shown[jump]!];
  if (after.shows.startsWith(date)) return after.atMs;
  const wall = ({ shows }: Shown) => Date.parse(`${shows.replace(' ', 'T')}Z`);
  const jumpMs = wall(after) - wall(before) - (after.atMs - before.atMs);
  const earlier = Date.parse(`${date}T${time}Z`) - jumpMs;
  return shown.find((one) => one.shows.startsWith(date) && wall(one) === earlier)?.atMs;
}
