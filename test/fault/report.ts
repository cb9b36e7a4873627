import type { RunOutcome } from './call-booking.ts';
import type { Offence } from './compare.ts';

const SHOWN = 5;

/** What a run has to tell. */
export interface Report {
  /** What was counted in each of the three books. */
  rows: { what: string; sentIn: Cell; database: Cell; vendor: Cell }[];
  facts: Record<string, string | number>;
  /** Open questions to people: neither lost nor stuck. */
  withPerson: number;
  /** By kind; a run is clean when there is none. */
  offences: Record<string, Offence[]>;
}

type Cell = number | string;

/** The three books side by side, then the verdict and the first offenders. */
export function printReport({ rows, facts, withPerson, offences }: Report): void {
  const table = [
    ['', 'sent in', 'database', 'vendor'],
    ...rows.map((row) => [row.what, row.sentIn, row.database, row.vendor]),
  ];
  for (const [name, ...cells] of table) {
    say(`${String(name).padEnd(28)}${cells.map((cell) => String(cell).padStart(14)).join('')}`);
  }
  for (const [name, value] of Object.entries(facts)) say(`${name.padEnd(28)}${String(value).padStart(14)}`);
  say(`${'with a person'.padEnd(28)}${String(withPerson).padStart(14)}`);
  for (const [kind, found] of Object.entries(offences)) explain(kind, found);
  const counts = Object.entries(offences).map(([kind, found]) => `${found.length} ${kind}`);
  say(counts.join(', '));
}

export const isCleanReport = ({ offences }: Report) =>
  Object.values(offences).every((found) => found.length === 0);

/** The report of a run with inbound calls. */
export function callBookingReport({ books, verdict, facts }: RunOutcome): Report {
  const count = <T>(rows: T[], of: (row: T) => boolean) => rows.filter(of).length;
  const { handedToPerson, ...offences } = verdict;
  return {
    rows: [
      {
        what: 'calls with an outcome',
        sentIn: books.played.length,
        database: count(books.calls, ({ outcome }) => outcome !== null),
        vendor: '–',
      },
      {
        what: 'bookings that stand',
        sentIn: '–',
        database: count(books.appointments, ({ status }) => status === 'booked'),
        vendor: count(books.bookings, ({ cancelled }) => !cancelled),
      },
      { what: 'mails', sentIn: '–', database: notified(books, 'email'), vendor: books.mails.length },
      { what: 'SMS', sentIn: '–', database: notified(books, 'sms'), vendor: books.messages.length },
    ],
    facts,
    withPerson: handedToPerson,
    offences,
  };
}

function notified({ notifications }: RunOutcome['books'], channel: string): string {
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
