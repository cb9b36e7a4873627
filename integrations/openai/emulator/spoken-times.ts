import { NUMBER, numberOf, readAll, wholeWords } from './spoken-words.ts';

const MORNING = 'a\\.?\\s?m\\.?|in the morning|at night|morgens|früh|vormittags?|nachts';
const AFTERNOON = 'p\\.?\\s?m\\.?|in the (?:afternoon|evening)|nachmittags?|abends?';
const PART = `\\s*(?:(${MORNING})|(${AFTERNOON}))`;
/** What may follow a bare "at 3", so that a house number is not taken for an hour. */
const AFTER_BARE_HOUR =
  '(?=\\s*(?:$|[.,!?;]|(?:on|please|would|works?|tomorrow|today|with|for|if|and|or|then|bitte)\\s))';

const pad = (number: number) => String(number).padStart(2, '0');

/** A business means the afternoon when a caller says "at 3". */
const likelyHour = (hour: number) => (hour >= 1 && hour <= 7 ? hour + 12 : hour);

function clock(
  hour: number,
  minute: number,
  part: 'morning' | 'afternoon' | null,
  exact = false,
): string | null {
  if (!(hour >= 0 && hour <= 24 && minute >= 0 && minute <= 59)) return null;
  if (part === 'afternoon' && hour < 12) return `${pad(hour + 12)}:${pad(minute)}`;
  if (part === 'morning') return `${pad(hour === 12 ? 0 : hour)}:${pad(minute)}`;
  return `${pad((exact || part ? hour : likelyHour(hour)) % 24)}:${pad(minute)}`;
}

const partOf = (morning: string | undefined, afternoon: string | undefined) =>
  morning ? 'morning' : afternoon ? 'afternoon' : null;

/** Every time of day that a text names, as `HH:MM` in order of appearance; English and German. */
export function readTimes(text: string): string[] {
  return readAll(text, [
    [
      wholeWords(`(\\d{1,2}):(\\d{2})(\\s*uhr)?(?:${PART})?`),
      (m) => {
        const [, hour = '', minute = '', uhr, morning, afternoon] = m;
        const exact = hour.startsWith('0') || uhr !== undefined;
        return clock(Number(hour), Number(minute), partOf(morning, afternoon), exact);
      },
    ],
    [
      wholeWords(`(\\d{1,2})\\.(\\d{2})\\s*uhr(?:${PART})?`),
      (m) => clock(Number(m[1]), Number(m[2]), partOf(m[3], m[4]), true),
    ],
    [
      wholeWords(`(${NUMBER})(?:\\s+(thirty|fifteen|\\d{2}))?(?:\\s+o['’]?clock)?${PART}`),
      (m) => clock(numberOf(m[1] ?? ''), numberOf(m[2] ?? '0'), partOf(m[3], m[4])),
    ],
    [wholeWords(`(${NUMBER})\\s+o['’]?clock`), (m) => clock(numberOf(m[1] ?? ''), 0, null)],
    [
      wholeWords(`(${NUMBER})\\s*uhr(?:\\s+(${NUMBER}))?(?:${PART})?`),
      (m) => clock(numberOf(m[1] ?? ''), numberOf(m[2] ?? '0'), partOf(m[3], m[4])),
    ],
    [
      wholeWords(`half past (${NUMBER})(?:${PART})?`),
      (m) => clock(numberOf(m[1] ?? ''), 30, partOf(m[2], m[3])),
    ],
    [
      wholeWords(`halb (${NUMBER})(?:${PART})?`),
      (m) => clock((numberOf(m[1] ?? '') + 11) % 12 || 12, 30, partOf(m[2], m[3])),
    ],
    [wholeWords('noon|midday|zwölf uhr mittags|mittags?'), () => '12:00'],
    [wholeWords(`(?:at|um) (${NUMBER})${AFTER_BARE_HOUR}`), (m) => clock(numberOf(m[1] ?? ''), 0, null)],
  ]);
}
