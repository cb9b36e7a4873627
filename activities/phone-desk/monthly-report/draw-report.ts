import type { ReportFigures } from '../../../db/phone-desk/monthly-report/report-figures.ts';
import type { Document } from '../../../platform/documents.ts';
import { addMonths } from '../../../shared/phone-desk/month.ts';
import { type Bar, drawBars } from './draw-bars.ts';
import { drawTables } from './draw-tables.ts';
import { drawTiles } from './draw-tiles.ts';
import { type Formats, formatsOf } from './formats.ts';
import { bookingsColour, callsColour, ink, muted } from './palette.ts';
import { tilesOf } from './tiles.ts';
import { type Words, wordsOf } from './words.ts';

const LEFT = 48;
const WIDTH = 499;

/** Whose month it is. */
export interface ReportHead {
  company: string;
  month: string;
  locale: string;
  currency: string;
}

/** Draws the two pages of a report: the month at a glance, then where it came from. */
export function drawReport(document: Document, head: ReportHead, figures: ReportFigures): void {
  const words = wordsOf(head.locale);
  const formats = formatsOf(head.locale, head.currency);
  drawHead(document, head, words, formats);
  let y = drawTiles(document, tilesOf(figures, words, formats), LEFT, 122, WIDTH) + 14;
  y = drawHeading(document, words.perDay, y, [
    [words.callsLegend, callsColour],
    [words.bookingsLegend, bookingsColour],
  ]);
  y = drawBars(document, dayBars(figures), { left: LEFT, top: y, width: WIDTH, height: 185 }, formats.number);
  y = drawHeading(document, words.perHour, y + 14, []);
  drawBars(document, hourBars(figures), { left: LEFT, top: y, width: WIDTH, height: 150 }, formats.number);

  document.addPage();
  drawTables(document, head, figures, { left: LEFT, top: 56, width: WIDTH });
}

function drawHead(document: Document, head: ReportHead, words: Words, formats: Formats): void {
  const line = { width: WIDTH, lineBreak: false, ellipsis: true };
  document.font('plain').fontSize(9).fillColor(muted).text(words.title, LEFT, 48, line);
  document.font('bold').fontSize(20).fillColor(ink).text(formats.month(head.month), LEFT, 61, line);
  const before = `${words.comparedWith} ${formats.month(addMonths(head.month, -1))}`;
  document.font('plain').fontSize(10).fillColor(muted).text(`${head.company} · ${before}`, LEFT, 91, line);
}

/** A heading with the colours' meaning on the right; returns where what it heads begins. */
function drawHeading(document: Document, title: string, y: number, legend: [string, string][]): number {
  document.font('bold').fontSize(11).fillColor(ink).text(title, LEFT, y, { lineBreak: false });
  document.font('plain').fontSize(8);
  let right = LEFT + WIDTH;
  for (const [label, colour] of legend.toReversed()) {
    right -= document.widthOfString(label);
    document.fillColor(muted).text(label, right, y + 2, { lineBreak: false });
    right -= 12;
    document.rect(right, y + 3, 8, 8).fill(colour);
    right -= 14;
  }
  return y + 26;
}

const dayBars = ({ days }: ReportFigures): Bar[] =>
  days.map(({ day, calls, bookings }, index) => ({
    label: index % 2 === 0 ? String(Number(day.slice(8))) : '',
    back: calls,
    front: bookings,
  }));

const hourBars = ({ hours }: ReportFigures): Bar[] =>
  hours.map((calls, hour) => ({
    label: hour % 3 === 0 ? `${String(hour).padStart(2, '0')}:00` : '',
    back: calls,
    front: null,
  }));
