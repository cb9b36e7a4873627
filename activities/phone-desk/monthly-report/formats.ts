import { formatMoney } from '../../../shared/money.ts';

/** Numbers, money and months as a company writes them. */
export function formatsOf(locale: string, currency: string) {
  const number = new Intl.NumberFormat(locale);
  const whole = new Intl.NumberFormat(locale, { style: 'currency', currency, maximumFractionDigits: 0 });
  const { maximumFractionDigits: digits = 2 } = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
  }).resolvedOptions();
  const minorUnits = 10 ** digits;
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const change = new Intl.NumberFormat(locale, {
    style: 'percent',
    maximumFractionDigits: 0,
    signDisplay: 'always',
  });
  const signed = new Intl.NumberFormat(locale, { signDisplay: 'always' });
  const month = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' });
  return {
    number: (value: number) => number.format(value),
    money: (cents: number) => formatMoney(cents, currency, locale),
    /** Without its cents. */
    roundMoney: (cents: number) => whole.format(cents / minorUnits),
    percent: (share: number) => percent.format(share),
    signed: (value: number) => signed.format(value),
    change: (share: number) => change.format(share),
    /** `2026-10` as `October 2026`. */
    month: (name: string) => month.format(new Date(`${name}-01T00:00:00Z`)),
  };
}

export type Formats = ReturnType<typeof formatsOf>;
