/** Minutes of a calendar day as the clock on the wall counts them; also what `24:00` stands for. */
export const MINUTES_PER_DAY = 1440;

/** Minutes since midnight that `HH:MM` names (`24:00` is 1440); null when no clock shows it. */
export function readClockTime(text: string): number | null {
  if (text.length !== 5 || text.charCodeAt(2) !== 58) return null;
  const hourTens = text.charCodeAt(0) - 48;
  const hourOnes = text.charCodeAt(1) - 48;
  const minuteTens = text.charCodeAt(3) - 48;
  const minuteOnes = text.charCodeAt(4) - 48;
  if (!(isDigit(hourTens) && isDigit(hourOnes) && isDigit(minuteTens) && isDigit(minuteOnes))) return null;
  const minutes = minuteTens * 10 + minuteOnes;
  const total = (hourTens * 10 + hourOnes) * 60 + minutes;
  return minutes < 60 && total <= MINUTES_PER_DAY ? total : null;
}

/** As `readClockTime`, for times that were checked before they were stored; throws `RangeError`. */
export function minuteOf(text: string): number {
  const minute = readClockTime(text);
  if (minute === null) throw new RangeError(`Not a time HH:MM: ${text}`);
  return minute;
}

/** `HH:MM` of a minute of the day, 0 to 1440. */
export function clockTime(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

function isDigit(value: number): boolean {
  return value >= 0 && value <= 9;
}
