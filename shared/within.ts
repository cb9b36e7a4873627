/** The outcome of `work`, or an error once `limitMs` have passed. What is late goes on by itself, unheard. */
export function within<T>(work: Promise<T>, limitMs: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LateError(limitMs)), limitMs);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}

/** Thrown by `within`. */
export class LateError extends Error {
  override readonly name = 'LateError';
  constructor(limitMs: number) {
    super(`no answer within ${limitMs} ms`);
  }
}
