import { describe, expect, it } from 'vitest';
import { addMonths, overEverywhere, spanOfAllZones } from '../../../shared/phone-desk/month.ts';
import { monthSpan } from '../../../shared/phone-desk/month-span.ts';

const zones = Intl.supportedValuesOf('timeZone');

describe('a month', () => {
  it('follows the one before without a gap in every zone, over clock changes at midnight and dropped days', () => {
    for (const zone of zones) {
      for (const month of ['2011-12', '2026-10']) {
        expect(monthSpan(month, zone).to, zone).toEqual(monthSpan(addMonths(month, 1), zone).from);
      }
    }
  });

  it('whose first hour comes twice begins with the first of them', () => {
    // In Havana 1 November 2026, 1:00 is 0:00 once more.
    expect(monthSpan('2026-11', 'America/Havana').from.toISOString()).toBe('2026-11-01T04:00:00.000Z');
  });

  it('is over everywhere when it is over in every zone, and lies within the span of all', () => {
    for (const zone of zones) {
      const { from, to } = monthSpan('2026-10', zone);
      expect(to <= overEverywhere('2026-10'), zone).toBe(true);
      expect(from >= spanOfAllZones('2026-10').from, zone).toBe(true);
    }
    expect(monthSpan('2026-10', 'Etc/GMT+12').to).toEqual(overEverywhere('2026-10'));
  });
});
