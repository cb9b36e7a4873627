import { z } from 'zod';

export const port = (fallback: number) => z.coerce.number().int().min(1).max(65535).default(fallback);
export const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false', '1', '0'])
    .default(fallback ? 'true' : 'false')
    .transform((value) => value === 'true' || value === '1');
export const milliseconds = (fallback: number) => z.coerce.number().int().min(0).default(fallback);
/** `HH:MM-HH:MM`, by the clock of whoever is concerned. */
export const clockRange = (fallback: string) =>
  z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be HH:MM-HH:MM')
    .default(fallback)
    .transform((value) => ({ from: value.slice(0, 5), to: value.slice(6) }));
export const e164 = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be an E.164 number');
export const list = z
  .string()
  .default('')
  .transform((value) =>
    value
      .split(',')
      .map((entry) => entry.trim())
      .filter(Boolean),
  );
