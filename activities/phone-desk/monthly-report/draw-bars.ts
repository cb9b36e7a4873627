import type { Document } from '../../../platform/documents.ts';
import { bookingsColour, callsColour, line, muted } from './palette.ts';

export interface Bar {
  /** Under the bar; empty: none. */
  label: string;
  back: number;
  /** In front of it and narrower; null: there is none. */
  front: number | null;
}

const LINES = 4;

/** What stands between two lines of the scale: a whole, round number, so that all bars fit under the highest line. */
function stepOf(largest: number): number {
  const least = Math.max(1, largest / LINES);
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 3, 5, 10].map((step) => step * power).find((step) => step >= least)!;
}

/** Bars over a baseline with four lines of scale; returns the lower edge. */
export function drawBars(
  document: Document,
  bars: Bar[],
  box: { left: number; top: number; width: number; height: number },
  numberOf: (value: number) => string,
): number {
  const { left, top, width, height } = box;
  const stepHigh = stepOf(Math.max(0, ...bars.flatMap(({ back, front }) => [back, front ?? 0])));
  const highest = stepHigh * LINES;
  const scale = 28;
  const base = top + height;
  document.font('plain').fontSize(7).lineWidth(0.5);
  for (let step = 0; step <= LINES; step += 1) {
    const y = base - (height * step) / LINES;
    document
      .moveTo(left + scale, y)
      .lineTo(left + width, y)
      .stroke(line);
    const label = numberOf(stepHigh * step);
    document
      .fillColor(muted)
      .text(label, left, y - 4, { width: scale - 6, align: 'right', lineBreak: false });
  }
  const each = (width - scale) / bars.length;
  bars.forEach(({ label, back, front }, index) => {
    const x = left + scale + index * each;
    const tall = (value: number) => (height * value) / highest;
    document.rect(x + each * 0.15, base - tall(back), each * 0.7, tall(back)).fill(callsColour);
    if (front !== null) {
      document.rect(x + each * 0.3, base - tall(front), each * 0.4, tall(front)).fill(bookingsColour);
    }
    if (label) {
      document
        .fillColor(muted)
        .text(label, x - 6, base + 5, { width: each + 12, align: 'center', lineBreak: false });
    }
  });
  return base + 20;
}
