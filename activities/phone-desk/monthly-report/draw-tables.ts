import type { ReportFigures, Share } from '../../../db/phone-desk/monthly-report/report-figures.ts';
import type { Document } from '../../../platform/documents.ts';
import { countText } from '../../../shared/phone-desk/bill-text.ts';
import { usageKinds } from '../../../shared/phone-desk/prices.ts';
import { drawTable } from './draw-table.ts';
import { type Formats, formatsOf } from './formats.ts';
import { muted } from './palette.ts';
import { type Words, wordsOf } from './words.ts';

/** Rows of the tables, so that all of them fit on the page; what comes after is one row. */
const SHARES = 8;
const OUTCOMES = 10;
const GAP = 22;

interface Row {
  name: string;
  values: string[];
}

/** Where the month came from, and what its use costs. */
export function drawTables(
  document: Document,
  { locale, currency }: { locale: string; currency: string },
  figures: ReportFigures,
  box: { left: number; top: number; width: number },
): void {
  const words = wordsOf(locale);
  const formats = formatsOf(locale, currency);
  const { columns, nothing } = words;
  const { bill } = figures;
  let top = box.top;
  const table = (title: string, headings: string[], rows: Row[]) => {
    top = drawTable(document, { title, columns: headings, rows, nothing }, { ...box, top }) + GAP;
  };
  const shares = [columns.bookings, columns.revenue];
  table(words.services, shares, shareRows(figures.services, words, formats));
  table(words.staff, shares, shareRows(figures.staff, words, formats));
  table(words.outcomes, [columns.calls, '%'], outcomeRows(figures, words, formats));
  if (bill) table(words.bill, [columns.amount], billRows(bill, locale, words));
  else
    document
      .font('plain')
      .fontSize(9)
      .fillColor(muted)
      .text(words.noBill, box.left, top, { width: box.width });
}

/** The first rows, and the rest as one. */
function fewRows<Entry>(entries: Entry[], most: number, join: (rest: Entry[]) => Entry): Entry[] {
  if (entries.length <= most) return entries;
  return [...entries.slice(0, most - 1), join(entries.slice(most - 1))];
}

const sumOf = <Entry>(entries: Entry[], of: (entry: Entry) => number) =>
  entries.reduce((sum, entry) => sum + of(entry), 0);

function shareRows(shares: Share[], words: Words, formats: Formats): Row[] {
  const few = fewRows(shares, SHARES, (rest) => ({
    name: words.others.replace('#', formats.number(rest.length)),
    bookings: sumOf(rest, ({ bookings }) => bookings),
    revenueCents: sumOf(rest, ({ revenueCents }) => revenueCents),
  }));
  return few.map(({ name, bookings, revenueCents }) => ({
    name,
    values: [formats.number(bookings), formats.roundMoney(revenueCents)],
  }));
}

function outcomeRows({ outcomes, now }: ReportFigures, words: Words, formats: Formats): Row[] {
  const named = outcomes.map(({ outcome, calls }) => ({
    name: words.outcomeNames[outcome] ?? outcome,
    calls,
  }));
  const few = fewRows(named, OUTCOMES, (rest) => ({
    name: words.others.replace('#', formats.number(rest.length)),
    calls: sumOf(rest, ({ calls }) => calls),
  }));
  return few.map(({ name, calls }) => ({
    name,
    values: [formats.number(calls), formats.percent(calls / Math.max(1, now.inboundCalls))],
  }));
}

/** A row per kind of use, what was added from the month before included, and the sum. */
function billRows(bill: NonNullable<ReportFigures['bill']>, locale: string, words: Words): Row[] {
  const { money } = formatsOf(locale, bill.currency);
  const used = usageKinds.flatMap((kind) => {
    const lines = bill.lines.filter((line) => line.kind === kind);
    if (lines.length === 0) return [];
    const name = countText(
      kind,
      sumOf(lines, ({ units }) => units),
      locale,
    );
    return [{ name, values: [money(sumOf(lines, ({ amountCents }) => amountCents))] }];
  });
  return [...used, { name: words.total, values: [money(bill.totalCents)] }];
}
