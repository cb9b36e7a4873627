import type { Headline, ReportFigures } from '../../../db/phone-desk/monthly-report/report-figures.ts';
import type { Tile } from './draw-tiles.ts';
import type { Formats } from './formats.ts';
import type { Words } from './words.ts';

type Good = -1 | 0 | 1;

/** The headline numbers beside those of the month before. */
export function tilesOf({ now, before }: ReportFigures, words: Words, formats: Formats): Tile[] {
  const tile = (
    label: string,
    value: (of: Headline) => number,
    good: Good,
    written: (value: number) => string = formats.number,
  ): Tile => ({
    label,
    value: written(value(now)),
    change: changeOf(value(now), value(before), good, (from, to) =>
      // From nothing there is no percentage.
      from === 0 ? `+${written(to)}` : formats.change((to - from) / from),
    ),
  });
  const changeOf = (
    to: number,
    from: number,
    good: Good,
    written: (from: number, to: number) => string,
  ): Tile['change'] =>
    to === from
      ? { text: words.unchanged, tone: 0 }
      : { text: written(from, to), tone: (Math.sign(to - from) * good || 0) as Good };
  const { tiles } = words;
  return [
    tile(tiles.calls, (of) => of.inboundCalls, 1),
    {
      label: tiles.bookedByPhone,
      value: formats.percent(shareOf(now)),
      // The change of a share is told in its own points: from 20 % to 30 % are 10, not half as much again.
      change: changeOf(pointsOf(now), pointsOf(before), 1, (from, to) =>
        words.points.replace('#', formats.signed(to - from)),
      ),
    },
    tile(tiles.bookings, (of) => of.bookings, 1),
    tile(tiles.revenue, (of) => of.revenueCents, 1, formats.roundMoney),
    tile(tiles.minutes, (of) => of.minutes, 0),
    tile(tiles.messages, (of) => of.messages, 0),
    tile(tiles.cancelled, (of) => of.cancelled, -1),
    tile(tiles.noShows, (of) => of.noShows, -1),
  ];
}

const shareOf = ({ bookedByPhone, inboundCalls }: Headline) => bookedByPhone / Math.max(1, inboundCalls);
const pointsOf = (of: Headline) => Math.round(shareOf(of) * 100);
