import { addDays, weekdayOf } from '../../../shared/time.ts';
import { NUMBER, numberOf, readAll, wholeWords } from './spoken-words.ts';

const months = [
  'jan(?:uary|uar)?',
  'feb(?:ruary|ruar)?',
  'mar(?:ch)?|märz',
  'apr(?:il)?',
  'may|mai',
  'june?|juni',
  'july?|juli',
  'aug(?:ust)?',
  'sep(?:t|tember)?',
  'o[ck]t(?:ober)?',
  'nov(?:ember)?',
  'de[cz](?:ember)?',
];
const MONTH = months.join('|');
const monthOf = (text: string) =>
  months.findIndex((month) => new RegExp(`^(?:${month})$`, 'i').test(text)) + 1;

const weekdays = [
  'monday|montag',
  'tuesday|dienstag',
  'wednesday|mittwoch',
  'thursday|donnerstag',
  'friday|freitag',
  'saturday|samstag|sonnabend',
  'sunday|sonntag',
];
const WEEKDAY = weekdays.join('|');
const weekdayNumber = (text: string) =>
  weekdays.findIndex((day) => new RegExp(`^(?:${day})$`, 'i').test(text)) + 1;
const NEXT_WEEK = 'next week|(?:in der )?(?:nächsten?|kommenden?) woche';

const pad = (number: number) => String(number).padStart(2, '0');

/** The date, or null for a day that no calendar has; without a year the next one that is not over. */
function calendarDate(today: string, day: number, month: number, year?: string): string | null {
  const exists = (candidate: string) =>
    !Number.isNaN(Date.parse(candidate)) && new Date(candidate).toISOString().startsWith(candidate);
  const of = (value: number) => `${value}-${pad(month)}-${pad(day)}`;
  if (year) {
    const date = of(Number(year) < 100 ? 2_000 + Number(year) : Number(year));
    return exists(date) ? date : null;
  }
  const thisYear = Number(today.slice(0, 4));
  return [of(thisYear), of(thisYear + 1)].find((date) => exists(date) && date >= today) ?? null;
}

function nextWeekday(today: string, weekday: number): string {
  return addDays(today, ((weekday - weekdayOf(today) + 6) % 7) + 1);
}

function weekdayOfNextWeek(today: string, weekday: number): string {
  return addDays(today, 7 - weekdayOf(today) + weekday);
}

/** Every date that a text names, as `YYYY-MM-DD` in order of appearance; relative ones count from `today`. */
export function readDates(text: string, today: string): string[] {
  return readAll(text, [
    [wholeWords('(\\d{4})-(\\d{2})-(\\d{2})'), (m) => calendarDate(today, Number(m[3]), Number(m[2]), m[1])],
    [
      wholeWords('(\\d{1,2})\\.\\s?(\\d{1,2})\\.(?:\\s?(\\d{4}|\\d{2}))?'),
      (m) => calendarDate(today, Number(m[1]), Number(m[2]), m[3]),
    ],
    [
      wholeWords(`(\\d{1,2})(?:st|nd|rd|th|\\.)?\\s+(?:of\\s+)?(${MONTH})\\.?(?:,?\\s+(\\d{4}))?`),
      (m) => calendarDate(today, Number(m[1]), monthOf(m[2] ?? ''), m[3]),
    ],
    [
      wholeWords(`(${MONTH})\\.?\\s+(?:the\\s+)?(\\d{1,2})(?:st|nd|rd|th)?(?:,?\\s+(\\d{4}))?(?![:.]\\d)`),
      (m) => calendarDate(today, Number(m[2]), monthOf(m[1] ?? ''), m[3]),
    ],
    [wholeWords('day after tomorrow|übermorgen'), () => addDays(today, 2)],
    [
      // Not the morning of "guten Morgen", "heute Morgen", "Montag morgen".
      wholeWords(`tomorrow|(?<!(?:guten|heute|am|jeden|${WEEKDAY})\\s+)morgen`),
      () => addDays(today, 1),
    ],
    [wholeWords('today|tonight|heute'), () => today],
    [wholeWords('yesterday|gestern'), () => addDays(today, -1)],
    [wholeWords(`in (a|${NUMBER}) (?:days?|tage?n?)`), (m) => addDays(today, numberOf(m[1] ?? ''))],
    [wholeWords(`in (a|${NUMBER}) (?:weeks?|wochen?)`), (m) => addDays(today, 7 * numberOf(m[1] ?? ''))],
    [
      wholeWords(`(?:${NEXT_WEEK})(?:\\s+(?:on|am))?\\s+(${WEEKDAY})`),
      (m) => weekdayOfNextWeek(today, weekdayNumber(m[1] ?? '')),
    ],
    [
      wholeWords(`(${WEEKDAY})\\s+(?:${NEXT_WEEK})`),
      (m) => weekdayOfNextWeek(today, weekdayNumber(m[1] ?? '')),
    ],
    [wholeWords(WEEKDAY), (m) => nextWeekday(today, weekdayNumber(m[0]))],
  ]);
}
