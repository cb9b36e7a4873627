import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freeStarts, worksDuring } from '../../shared/phone-desk/working-hours.ts';

const MINUTE_MS = 60_000;
const none = { beforeMin: 0, afterMin: 0 };

const worker = (timeZone: string, hours: [number, number, number][]) =>
  ({
    staffId: 's',
    eventTypeId: 1,
    load: 0,
    timeZone,
    hours: hours.map(([weekday, startMinute, endMinute]) => ({ weekday, startMinute, endMinute })),
  }) as unknown as Parameters<typeof worksDuring>[0];

const everyDay = worker(
  'Europe/Berlin',
  [1, 2, 3, 4, 5, 6, 7].flatMap((day): [number, number, number][] => [
    [day, 9 * 60, 13 * 60],
    [day, 14 * 60, 18 * 60],
  ]),
);

describe('working hours', () => {
  it('keep the wall clock when the clocks change', () => {
    const nine = (date: string) => [...freeStarts(everyDay, dayOf(date), 60, none, [])][0]!.toISOString();
    expect(nine('2027-03-27')).toBe('2027-03-27T08:00:00.000Z');
    expect(nine('2027-03-28')).toBe('2027-03-28T07:00:00.000Z');
    expect(nine('2027-10-31')).toBe('2027-10-31T08:00:00.000Z');
  });

  it('hold an appointment only as a whole: not over the break, not over the end', () => {
    const at = (time: string) => new Date(`2027-06-01T${time}:00+02:00`);
    expect(worksDuring(everyDay, at('12:00'), at('13:00'))).toBe(true);
    expect(worksDuring(everyDay, at('12:30'), at('13:30'))).toBe(false);
    expect(worksDuring(everyDay, at('17:30'), at('18:15'))).toBe(false);
    expect(worksDuring(everyDay, at('08:45'), at('09:30'))).toBe(false);
  });

  it('give only starts that can be worked and are free with their buffers', () => {
    const days = fc.integer({ min: 0, max: 365 }).map((day) => new Date(Date.UTC(2027, 0, 1 + day)));
    const busy = fc.array(
      fc.record({ from: fc.integer({ min: 0, max: 1440 }), length: fc.integer({ min: 5, max: 180 }) }),
    );
    fc.assert(
      fc.property(
        days,
        fc.constantFrom(15, 45, 120),
        fc.integer({ min: 0, max: 30 }),
        busy,
        (day, length, after, taken) => {
          const window = { from: day, to: new Date(day.getTime() + 2 * 1440 * MINUTE_MS) };
          const spans = taken.map((one) => ({
            from: new Date(day.getTime() + one.from * MINUTE_MS),
            to: new Date(day.getTime() + (one.from + one.length) * MINUTE_MS),
          }));
          const buffers = { beforeMin: 5, afterMin: after };
          for (const start of freeStarts(everyDay, window, length, buffers, spans)) {
            const end = new Date(start.getTime() + length * MINUTE_MS);
            expect(worksDuring(everyDay, start, end)).toBe(true);
            const from = start.getTime() - 5 * MINUTE_MS;
            const to = end.getTime() + after * MINUTE_MS;
            for (const span of spans)
              expect(span.to.getTime() <= from || to <= span.from.getTime()).toBe(true);
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});

function dayOf(date: string) {
  const from = new Date(`${date}T00:00:00Z`);
  return { from, to: new Date(from.getTime() + 20 * 60 * MINUTE_MS) };
}
