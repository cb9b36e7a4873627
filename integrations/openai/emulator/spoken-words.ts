/** A pattern for whole words in any language (`\b` knows ASCII only). */
export const wholeWords = (source: string) =>
  new RegExp(`(?<![\\p{L}\\d])(?:${source})(?![\\p{L}\\d])`, 'giu');

const numberWords = [
  ['one', 'ein', 'eins'],
  ['two', 'zwei'],
  ['three', 'drei'],
  ['four', 'vier'],
  ['five', 'fünf'],
  ['six', 'sechs'],
  ['seven', 'sieben'],
  ['eight', 'acht'],
  ['nine', 'neun'],
  ['ten', 'zehn'],
  ['eleven', 'elf'],
  ['twelve', 'zwölf'],
  ['thirteen', 'dreizehn'],
  ['fourteen', 'vierzehn'],
  ['fifteen', 'fünfzehn'],
  ['sixteen', 'sechzehn'],
  ['seventeen', 'siebzehn'],
  ['eighteen', 'achtzehn'],
  ['nineteen', 'neunzehn'],
  ['twenty', 'zwanzig'],
];
const values = new Map(
  numberWords.flatMap((words, index) => words.map((word) => [word, index + 1] as const)),
);
values.set('a', 1).set('einer', 1).set('einem', 1).set('thirty', 30).set('dreißig', 30);

/** A number in digits or as a word, English or German, up to thirty. */
export const NUMBER = `\\d{1,2}|${[...values.keys()].filter((word) => word !== 'a').join('|')}`;
export const numberOf = (text: string) => values.get(text.toLowerCase()) ?? Number(text);

/** A reading of a piece of text at a place in it. */
export interface Reading {
  index: number;
  length: number;
  value: string;
}

/** Tries each rule over the whole text; readings in order of appearance, the longer of two that overlap. */
export function readAll(
  text: string,
  rules: readonly (readonly [RegExp, (match: RegExpMatchArray) => string | null])[],
): string[] {
  const found: Reading[] = [];
  for (const [pattern, read] of rules) {
    for (const match of text.matchAll(pattern)) {
      const value = read(match);
      if (value !== null) found.push({ index: match.index ?? 0, length: match[0].length, value });
    }
  }
  found.sort((a, b) => a.index - b.index || b.length - a.length);
  const kept: Reading[] = [];
  for (const reading of found) {
    const last = kept.at(-1);
    if (!last || reading.index >= last.index + last.length) kept.push(reading);
  }
  return kept.map(({ value }) => value);
}
