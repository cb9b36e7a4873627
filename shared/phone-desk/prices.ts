/** What is metered; each is a line of the invoice. */
export const usageKinds = ['calls', 'minutes', 'bookings', 'messages'] as const;

export type UsageKind = (typeof usageKinds)[number];

/** Units of one company in one month. */
export type Usage = Record<UsageKind, number>;

/** Price of a unit, in cents of the company's currency. */
export type Prices = Record<UsageKind, number>;

/** What a unit costs a company that has agreed on nothing else; the subscription comes on top. */
export const defaultPrices: Prices = { calls: 5, minutes: 12, bookings: 50, messages: 6 };

export interface BillLine {
  kind: UsageKind;
  units: number;
  unitCents: number;
  amountCents: number;
  /** `YYYY-MM`; only on a line about an earlier month. */
  month?: string;
}

/** Names a line of a bill: `calls`, or `calls/2026-09` for what became known after its own month was billed. */
export const lineId = ({ kind, month }: Pick<BillLine, 'kind' | 'month'>): string =>
  month ? `${kind}/${month}` : kind;

/** What is known by now beyond what was billed; what has become less takes nothing back. */
export function usageBeyond(known: Usage, billed: Usage): Usage {
  const beyond = usageKinds.map((kind) => [kind, Math.max(0, known[kind] - billed[kind])]);
  return Object.fromEntries(beyond) as Usage;
}

/** The lines of a bill; what was not used or costs nothing is none. */
export function billLines(usage: Usage, prices: Prices): BillLine[] {
  return usageKinds
    .map((kind) => ({
      kind,
      units: usage[kind],
      unitCents: prices[kind],
      amountCents: usage[kind] * prices[kind],
    }))
    .filter(({ amountCents }) => amountCents > 0);
}
