import { z } from 'zod';

type Tree = { [name: string]: string | Tree };

/** `a[b][0]=c` as nested objects, arrays still as objects with numbers for names. */
export function parseForm(text: string): Tree {
  const root: Tree = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const [first = '', ...rest] = name.split('[').map((part) => part.replace(/\]$/, ''));
    const path = [first, ...rest];
    let node = root;
    for (const part of path.slice(0, -1)) {
      const next = node[part];
      const branch = typeof next === 'object' ? next : {};
      node[part] = branch;
      node = branch;
    }
    node[path.at(-1)!] = value;
  }
  return root;
}

/** A list, however it came: `a[0]`, `a[1]`. */
export const list = <T extends z.ZodType>(entry: T) =>
  z.preprocess(
    (value) => (typeof value === 'object' && value !== null ? Object.values(value) : value),
    z.array(entry),
  );
export const integer = z.coerce.number().int('must be an integer');
export const cents = z
  .string()
  .regex(/^-?\d+$/, 'must be an integer')
  .transform(Number);
export const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
/** An empty value unsets a key. */
export const metadata = z.record(z.string().max(40), z.string().max(500));
export const moment = z
  .string()
  .regex(/^\d{9,12}$/, 'must be a time in Unix seconds')
  .transform(Number);
/** What may be asked for in full; this emulator gives payments of invoices. */
export const expand = list(z.enum(['payments', 'data.payments'])).default([]);

/** Parameters of every list. */
export const pageFields = {
  limit: integer.pipe(z.number().min(1).max(100)).default(10),
  starting_after: z.string().optional(),
  ending_before: z.string().optional(),
  expand,
};
export const createdFields = {
  created: z
    .strictObject({
      gt: moment.optional(),
      gte: moment.optional(),
      lt: moment.optional(),
      lte: moment.optional(),
    })
    .optional(),
};

/** Metadata as it is after a change. */
export function mergeMetadata(
  before: Record<string, string>,
  change: Record<string, string> | undefined,
): Record<string, string> {
  return Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== ''));
}
