import { z } from 'zod';
import type { Books } from './books.ts';
import { invalid, missing } from './errors.ts';
import { cents, integer, mergeMetadata, metadata } from './form.ts';
import type { Price } from './wire.ts';

const currency = z
  .string()
  .regex(/^[a-z]{3}$/i, 'must be a three-letter ISO currency code')
  .toLowerCase();
const interval = z.enum(['day', 'week', 'month', 'year']);

export const createPriceSchema = z.strictObject({
  currency,
  unit_amount: cents,
  currency_options: z.record(z.string(), z.strictObject({ unit_amount: cents })).optional(),
  recurring: z.strictObject({ interval, interval_count: integer.default(1) }),
  lookup_key: z.string().optional(),
  nickname: z.string().optional(),
  product: z.string().optional(),
  product_data: z.strictObject({ name: z.string() }).optional(),
  metadata: metadata.optional(),
});

/** A price of the seed, under an id of its own. */
export const seedPriceSchema = z.strictObject({
  id: z.string().startsWith('price_'),
  /** Amounts by currency; the first is the price's own. */
  amounts: z.record(z.string().length(3), z.int().positive()),
  interval: interval.default('month'),
});

export function stripePrices(books: Books) {
  const put = (id: string, input: Omit<z.output<typeof createPriceSchema>, 'product_data'>): Price =>
    books.prices.put({
      id,
      object: 'price',
      created: books.now(null),
      livemode: false,
      metadata: mergeMetadata({}, input.metadata),
      active: true,
      billing_scheme: 'per_unit',
      currency: input.currency,
      currency_options: input.currency_options ?? {},
      lookup_key: input.lookup_key ?? null,
      nickname: input.nickname ?? null,
      product: input.product ?? books.nextId('prod_'),
      recurring: { ...input.recurring, usage_type: 'licensed' },
      type: 'recurring',
      unit_amount: input.unit_amount,
      unit_amount_decimal: String(input.unit_amount),
    });

  return {
    create(input: z.output<typeof createPriceSchema>): Price {
      if (!input.product && !input.product_data) {
        throw invalid('You must specify either `product` or `product_data` when creating a price.');
      }
      return put(books.nextId('price_'), input);
    },
    seed({ id, amounts, interval: every }: z.output<typeof seedPriceSchema>): void {
      const [first, ...others] = Object.entries(amounts).map(
        ([name, amount]) => [name.toLowerCase(), amount] as const,
      );
      if (!first) throw invalid('A price has at least one amount.');
      put(id, {
        currency: first[0],
        unit_amount: first[1],
        currency_options: Object.fromEntries(others.map(([name, unit_amount]) => [name, { unit_amount }])),
        recurring: { interval: every, interval_count: 1 },
      });
    },
    /** The price in the currency that is paid in. */
    inCurrency(id: string, wanted: string | undefined, param: string): Price {
      const price = books.prices.find(id);
      if (!price) throw missing('price', id, param);
      if (wanted === undefined || wanted === price.currency) return price;
      const other = price.currency_options[wanted];
      if (!other) {
        const known = [price.currency, ...Object.keys(price.currency_options)].map((name) => `\`${name}\``);
        throw invalid(
          `The price specified only supports ${known.join(', ')}. This doesn't match the expected currency: \`${wanted}\`.`,
          { param },
        );
      }
      const { unit_amount } = other;
      return { ...price, currency: wanted, unit_amount, unit_amount_decimal: String(unit_amount) };
    },
    shown: ({ currency_options: _, ...price }: Price) => price,
  };
}

export type Prices = ReturnType<typeof stripePrices>;

/** The end of a period that begins then, counted from an anchor so that 31 January is followed by 28 February and 31 March. */
export function periodEnd(anchor: number, start: number, { recurring }: Price): number {
  const { interval: every, interval_count: count } = recurring;
  if (every === 'day' || every === 'week') return start + count * (every === 'day' ? 1 : 7) * 86_400;
  const months = every === 'year' ? 12 * count : count;
  for (let steps = 1; ; steps += 1) {
    const end = addMonths(anchor, months * steps);
    if (end > start) return end;
  }
}

function addMonths(unixSeconds: number, months: number): number {
  const from = new Date(unixSeconds * 1000);
  const lastDay = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months + 1, 0)).getUTCDate();
  const to = new Date(from);
  to.setUTCDate(1);
  to.setUTCMonth(from.getUTCMonth() + months);
  to.setUTCDate(Math.min(from.getUTCDate(), lastDay));
  return Math.floor(to.getTime() / 1000);
}
