import type { Document } from '../../../platform/documents.ts';
import { better, ink, muted, panel, worse } from './palette.ts';

export interface Tile {
  label: string;
  value: string;
  /** Against the month before: text, and whether more of it is good (1), bad (-1) or neither (0). */
  change: { text: string; tone: -1 | 0 | 1 };
}

const GAP = 10;
const HEIGHT = 64;
const PER_ROW = 4;

/** Headline numbers in rows of four; returns the lower edge. */
export function drawTiles(
  document: Document,
  tiles: Tile[],
  left: number,
  top: number,
  width: number,
): number {
  const tileWidth = (width - (PER_ROW - 1) * GAP) / PER_ROW;
  tiles.forEach((tile, index) => {
    const x = left + (index % PER_ROW) * (tileWidth + GAP);
    const y = top + Math.floor(index / PER_ROW) * (HEIGHT + GAP);
    const within = { width: tileWidth - 20, lineBreak: false, ellipsis: true };
    document.roundedRect(x, y, tileWidth, HEIGHT, 5).fill(panel);
    document
      .font('plain')
      .fontSize(8)
      .fillColor(muted)
      .text(tile.label, x + 10, y + 9, within);
    document
      .font('bold')
      .fontSize(16)
      .fillColor(ink)
      .text(tile.value, x + 10, y + 22, within);
    const tone = tile.change.tone === 0 ? muted : tile.change.tone > 0 ? better : worse;
    document
      .font('plain')
      .fontSize(8)
      .fillColor(tone)
      .text(tile.change.text, x + 10, y + 46, within);
  });
  return top + Math.ceil(tiles.length / PER_ROW) * (HEIGHT + GAP);
}
