import { describe, expect, it } from 'vitest';
import { drawReport } from '../../../activities/phone-desk/monthly-report/draw-report.ts';
import type { Headline, ReportFigures } from '../../../db/phone-desk/monthly-report/report-figures.ts';
import type { Document } from '../../../platform/documents.ts';

const nothing: Headline = {
  ...{ calls: 0, minutes: 0, bookings: 0, messages: 0, bookedByPhone: 0 },
  ...{ inboundCalls: 0, cancelled: 0, noShows: 0, revenueCents: 0 },
};
const busy: Headline = {
  ...{ calls: 200, minutes: 410, bookings: 80, messages: 160, bookedByPhone: 66 },
  ...{ inboundCalls: 200, cancelled: 6, noShows: 2, revenueCents: 372_000 },
};
const figures = (more: Partial<ReportFigures>): ReportFigures => ({
  now: busy,
  before: busy,
  days: [{ day: '2026-10-01', calls: 200, bookings: 80 }],
  hours: Array.from({ length: 24 }, () => 0),
  outcomes: [],
  services: [],
  staff: [],
  bill: null,
  ...more,
});

/** Everything that a report says, in its order. */
function said(of: ReportFigures, currency = 'EUR', locale = 'en-US'): string[] {
  const texts: string[] = [];
  const document: unknown = new Proxy(
    {},
    {
      get: (_target, name) => (text: unknown) => {
        if (name === 'widthOfString') return 40;
        if (name === 'text') texts.push(String(text));
        return document;
      },
    },
  );
  drawReport(document as Document, { company: 'Salon', month: '2026-10', locale, currency }, of);
  return texts;
}

describe('the report of a month', () => {
  it('tells the first month of a company in its own units', () => {
    const texts = said(figures({ before: nothing }));
    expect(texts).toEqual(expect.arrayContaining(['+200', '+33 points', '+80', '+€3,720', '+410']));
    expect(texts.join(' ')).not.toMatch(/\+0\.|372,?000|NaN|Infinity|undefined/);
  });

  it('tells the change of a share in points, of everything else in percent', () => {
    const texts = said(figures({ before: { ...busy, bookedByPhone: 40, bookings: 64 } }));
    expect(texts).toEqual(expect.arrayContaining(['33%', '+13 points', '+25%', 'as before']));
  });

  it('of a company that used nothing is whole', () => {
    const texts = said(
      figures({ now: nothing, before: nothing, bill: { totalCents: 0, currency: 'EUR', lines: [] } }),
    );
    expect(texts.join(' ')).not.toMatch(/NaN|Infinity|undefined/);
    expect(texts.filter((text) => text === 'Nothing in this month.')).toHaveLength(3);
    expect(texts).toContain('€0.00');
  });

  it('says what its use costs, kind by kind, with what was added late', () => {
    const line = (kind: 'calls' | 'minutes', units: number, unitCents: number) => ({
      ...{ kind, units, unitCents, amountCents: units * unitCents },
    });
    const lines = [
      line('calls', 200, 5),
      line('minutes', 410, 12),
      { ...line('calls', 1, 5), month: '2026-09' },
    ];
    const texts = said(figures({ bill: { totalCents: 5_925, currency: 'EUR', lines } }));
    const from = texts.indexOf('What the use of this month costs');
    expect(texts.slice(from + 2, from + 8)).toEqual([
      ...['201 calls', '€10.05', '410 call minutes', '€49.20'],
      ...['Together, without the subscription', '€59.25'],
    ]);
  });

  it('adds up: what does not fit into a table is one row of it', () => {
    const services = Array.from({ length: 12 }, (_, index) => ({
      ...{ name: `Service ${index + 1}`, bookings: 10, revenueCents: 10_000 },
    }));
    const texts = said(figures({ services }));
    expect(texts).toContain('Service 7');
    expect(texts).not.toContain('Service 8');
    const others = texts.indexOf('Others (5)');
    expect(texts.slice(others + 1, others + 3)).toEqual(['50', '€500']);
  });

  it('writes currencies without a smaller unit as they are', () => {
    const texts = said(figures({ bill: { totalCents: 1_200, currency: 'JPY', lines: [] } }), 'JPY');
    expect(texts).toEqual(expect.arrayContaining(['¥372,000', '¥1,200']));
  });
});
