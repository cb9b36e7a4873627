import type { Document } from '../../../platform/documents.ts';
import { ink, line, muted } from './palette.ts';

const ROW = 17;
const NUMBER_WIDTH = 62;

/** A table with a name and numbers in columns on the right; returns the lower edge. */
export function drawTable(
  document: Document,
  table: { title: string; columns: string[]; rows: { name: string; values: string[] }[]; nothing: string },
  box: { left: number; top: number; width: number },
): number {
  const { left, width } = box;
  let y = box.top;
  document.font('bold').fontSize(11).fillColor(ink).text(table.title, left, y, { lineBreak: false });
  y += 18;
  const columnX = (index: number) => left + width - (table.columns.length - index) * NUMBER_WIDTH;
  const number = { width: NUMBER_WIDTH, align: 'right' as const, lineBreak: false };
  if (table.rows.length === 0) {
    document.font('plain').fontSize(9).fillColor(muted).text(table.nothing, left, y, { lineBreak: false });
    return y + ROW;
  }
  document.font('plain').fontSize(8).fillColor(muted);
  table.columns.forEach((column, index) => {
    document.text(column, columnX(index), y, number);
  });
  y += 13;
  for (const { name, values } of table.rows) {
    document
      .moveTo(left, y)
      .lineTo(left + width, y)
      .lineWidth(0.5)
      .stroke(line);
    const nameWidth = width - table.columns.length * NUMBER_WIDTH - 6;
    document.font('plain').fontSize(9).fillColor(ink);
    document.text(name, left, y + 4, { width: nameWidth, height: ROW, lineBreak: false, ellipsis: true });
    values.forEach((value, index) => {
      document.text(value, columnX(index), y + 4, number);
    });
    y += ROW;
  }
  return y;
}
