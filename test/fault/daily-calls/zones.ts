const formats = new Map<string, Intl.DateTimeFormat>();

/** Wall clocks by the runtime's own calendar: a second way beside the product's, which has its own arithmetic. */
function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  formats.set(zone, format);
  return format;
}

/** What calendar and clock on the wall show: `YYYY-MM-DD` and `HH:MM`. */
export function wallAt(moment: Date, zone: string): { date: string; time: string } {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(moment)
      .map(({ type, value }) => [type, value]),
  );
  const { year, month, day, hour, minute } = parts;
  return { date: `${year}-${month}-${day}`, time: `${hour}:${minute}` };
}

export const clockAt = (moment: Date, zone: string) => wallAt(moment, zone).time;

/** All zones in which it is now well within the day, and all in which it is deep in the night. */
export function zonesByDay(now: Date): { day: string[]; night: string[] } {
  const zones = Intl.supportedValuesOf('timeZone');
  const between = (from: string, to: string) =>
    zones.filter((zone) => from <= clockAt(now, zone) && clockAt(now, zone) < to);
  return { day: between('09:00', '18:00'), night: between('00:30', '05:00') };
}

export function pick<T>(random: () => number, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)]!;
}
