import { z } from 'zod';
import type { Page, PageRequest, Position } from '../db/page.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/** Ids as the lists count: by UUID, by a number that goes up, or by a hash. */
const ids = {
  uuid: z.uuid(),
  number: z.string().regex(/^\d{1,18}$/),
  hash: z.string().regex(/^[0-9a-f]{32}$/),
};

const encode = ({ createdAt, id }: Position) =>
  Buffer.from(JSON.stringify([createdAt, id])).toString('base64url');

/** What `encode` wrote; null for anything else, so that no forged position reaches the database. */
function decode(cursor: string, id: z.ZodType<string>): Position | null {
  try {
    const createdAt = z.iso.datetime().regex(/^2/);
    const parsed = z
      .tuple([createdAt, id])
      .safeParse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return parsed.success ? { createdAt: parsed.data[0], id: parsed.data[1] } : null;
  } catch {
    return null;
  }
}

const cursorOver = (id: z.ZodType<string>) =>
  z
    .string()
    .max(200)
    .transform((value, context) => {
      const position = decode(value, id);
      if (position) return position;
      context.addIssue({ code: 'custom', message: 'is not a cursor of this list' });
      return z.NEVER;
    })
    .optional()
    .meta({ type: 'string', description: '`nextCursor` of the page before.' });

/** Query parameters of every list. */
export const listQuery = {
  company: z
    .string()
    .max(100)
    .optional()
    .meta({ description: 'Slug of a company; only an operator key may name another than its own.' }),
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT),
  cursor: cursorOver(ids.uuid),
};

/** The same for a list whose ids are numbers. */
export const numberedListQuery = { ...listQuery, cursor: cursorOver(ids.number) };

/** The same for a list whose ids are hashes. */
export const hashedListQuery = { ...listQuery, cursor: cursorOver(ids.hash) };

export function pageRequest(query: { limit: number; cursor?: Position | undefined }): PageRequest {
  return { limit: query.limit, after: query.cursor ?? null };
}

/** A page of a list, newest first. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().meta({ description: 'null on the last page.' }),
  });

export function presentPage<T>({ items, next }: Page<T>): { items: T[]; nextCursor: string | null } {
  return { items, nextCursor: next && encode(next) };
}
