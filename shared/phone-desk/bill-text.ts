import type { BillLine, UsageKind } from './prices.ts';

const names: Record<string, Record<UsageKind, string>> = {
  en: { calls: 'calls', minutes: 'call minutes', bookings: 'bookings', messages: 'messages' },
  de: { calls: 'Anrufe', minutes: 'Gesprächsminuten', bookings: 'Buchungen', messages: 'Nachrichten' },
};

/** What a line of a bill says, in the language of the company: `1,204 call minutes at €0.12, October 2026`. */
export function lineText(
  { kind, units, unitCents }: BillLine,
  { currency, locale, month }: { currency: string; locale: string; month: string },
): string {
  const language = locale.slice(0, 2).toLowerCase();
  const named = (names[language] ?? names.en!)[kind];
  const at = language === 'de' ? 'zu' : 'at';
  const price = new Intl.NumberFormat(locale, { style: 'currency', currency }).format(unitCents / 100);
  const when = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' });
  const count = new Intl.NumberFormat(locale).format(units);
  return `${count} ${named} ${at} ${price}, ${when.format(new Date(`${month}-01T00:00:00Z`))}`;
}
