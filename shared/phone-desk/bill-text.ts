import { formatMoney } from '../money.ts';
import type { BillLine, UsageKind } from './prices.ts';

type Named = Record<UsageKind, [one: string, many: string]>;

const names: Record<string, Named> = {
  en: {
    calls: ['call', 'calls'],
    minutes: ['call minute', 'call minutes'],
    bookings: ['booking', 'bookings'],
    messages: ['message', 'messages'],
  },
  de: {
    calls: ['Anruf', 'Anrufe'],
    minutes: ['Gesprächsminute', 'Gesprächsminuten'],
    bookings: ['Buchung', 'Buchungen'],
    messages: ['Nachricht', 'Nachrichten'],
  },
};

/** So many of a kind, as a company writes it: `1 call`, `1,204 calls`. */
export function countText(kind: UsageKind, count: number, locale: string): string {
  const [one, many] = (names[locale.slice(0, 2).toLowerCase()] ?? names.en!)[kind];
  return `${new Intl.NumberFormat(locale).format(count)} ${count === 1 ? one : many}`;
}

/** What a line of a bill says, in the language of the company: `1,204 call minutes at €0.12, October 2026`. */
export function lineText(
  { kind, units, unitCents, month: ofMonth }: BillLine,
  { currency, locale, month }: { currency: string; locale: string; month: string },
): string {
  const at = locale.slice(0, 2).toLowerCase() === 'de' ? 'zu' : 'at';
  const price = formatMoney(unitCents, currency, locale);
  const when = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' });
  return `${countText(kind, units, locale)} ${at} ${price}, ${when.format(new Date(`${ofMonth ?? month}-01T00:00:00Z`))}`;
}

/** What stands above the lines: `Usage in October 2026`. */
export function billTitle(locale: string, month: string): string {
  const when = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' });
  const of = when.format(new Date(`${month}-01T00:00:00Z`));
  return locale.slice(0, 2).toLowerCase() === 'de' ? `Nutzung im ${of}` : `Usage in ${of}`;
}
