import type { Books } from './books.ts';
import type { Offence, Verdict } from './compare.ts';

const SHOWN = 5;

/** The three books side by side, then the verdict and the first offenders. */
export function printReport(books: Books, verdict: Verdict, facts: Record<string, string | number>): void {
  const count = <T>(rows: T[], of: (row: T) => boolean) => rows.filter(of).length;
  const rows: [string, number | string, number | string, number | string][] = [
    ['', 'sent in', 'database', 'vendor'],
    [
      'calls with an outcome',
      books.played.length,
      count(books.calls, ({ outcome }) => outcome !== null),
      '–',
    ],
    [
      'bookings that stand',
      '–',
      count(books.appointments, ({ status }) => status === 'booked'),
      count(books.bookings, ({ cancelled }) => !cancelled),
    ],
    ['mails', '–', notified(books, 'email'), books.mails.length],
    ['SMS', '–', notified(books, 'sms'), books.messages.length],
  ];
  for (const [name, ...cells] of rows) {
    say(`${name.padEnd(24)}${cells.map((cell) => String(cell).padStart(14)).join('')}`);
  }
  for (const [name, value] of Object.entries(facts)) say(`${name.padEnd(24)}${String(value).padStart(14)}`);
  say(`${'with a person'.padEnd(24)}${String(verdict.handedToPerson).padStart(14)}`);
  for (const kind of ['lost', 'repeated', 'stuck'] as const) explain(kind, verdict[kind]);
  say(`${verdict.lost.length} lost, ${verdict.repeated.length} repeated, ${verdict.stuck.length} stuck`);
}

function notified({ notifications }: Books, channel: string): string {
  const own = notifications.filter((row) => row.channel === channel);
  const sent = own.filter(({ status }) => status === 'sent').length;
  const unknown = own.filter(({ status }) => status === 'unknown').length;
  return unknown > 0 ? `${sent} + ${unknown} ?` : String(sent);
}

function explain(kind: string, offences: Offence[]): void {
  for (const { what, why } of offences.slice(0, SHOWN)) say(`  ${kind}: ${what}: ${why}`);
  if (offences.length > SHOWN) say(`  ${kind}: … and ${offences.length - SHOWN} more`);
}

function say(line: string): void {
  process.stdout.write(`${line.trimEnd()}\n`);
}
