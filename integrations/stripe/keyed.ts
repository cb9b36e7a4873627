import { isReplayedFailure } from './classify-error.ts';

/** Under which our own key stands in the metadata of everything we make: Stripe forgets idempotency keys after a day. */
export const KEY_FIELD = 'effect_key';

const MAX_KEYS = 5;
/** Clocks differ, and Stripe's times are whole seconds. */
const CLOCK_TOLERANCE_S = 120;

/**
 * Sends a request under our key, so that a repeat is answered instead of done. A key under which Stripe failed or refused
 * does so for a day; then the next key is taken, which is safe because an effect is looked up before it is tried again.
 */
export async function underKey<T>(
  key: string,
  request: (options: { idempotencyKey: string }) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await request({ idempotencyKey: attempt === 1 ? key : `${key}~${attempt}` });
    } catch (error) {
      if (attempt === MAX_KEYS || !isReplayedFailure(error)) throw error;
    }
  }
}

/** The first object of a list that we made under this key; null: there surely is none. */
export async function findByKey<T extends { metadata: Record<string, string> | null }>(
  list: AsyncIterable<T>,
  key: string,
): Promise<T | null> {
  for await (const each of list) if (each.metadata?.[KEY_FIELD] === key) return each;
  return null;
}

/** A list filter for what was made at that moment or later. */
export const since = (moment: Date) => ({
  created: { gte: Math.floor(moment.getTime() / 1000) - CLOCK_TOLERANCE_S },
});
