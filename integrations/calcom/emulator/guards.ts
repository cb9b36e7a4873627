import type { Context, MiddlewareHandler } from 'hono';
import type { CalApiKey, CalcomAccount } from './account.ts';
import { CalcomRefusal } from './errors.ts';

/** `null` where the vendor lets strangers in and none knocked with a key. */
export type CalcomVariables = {
  Variables: { key: CalApiKey | null };
  Bindings: { incoming: { destroyed: boolean } };
};

/** The vendor's own rule is laxer, see `requireVersion`. */
const versions: [prefix: RegExp, accepted: string[]][] = [
  [/^\/v2\/slots(\/|$)/, ['2024-09-04']],
  [/^\/v2\/bookings(\/|$)/, ['2026-02-25', '2024-08-13']],
  [/^\/v2\/event-types\/\d+\/webhooks(\/|$)/, []],
  [/^\/v2\/event-types(\/|$)/, ['2024-06-14']],
];

/**
 * Refuses a missing or wrong `cal-api-version`. The real vendor answers such a request in a shape of an
 * older version, without any error; a client that relies on that must fail here.
 */
export function requireVersion(path: string, given: string | undefined): void {
  const accepted = versions.find(([prefix]) => prefix.test(path))?.[1] ?? [];
  if (accepted.length === 0 || (given !== undefined && accepted.includes(given))) return;
  throw new CalcomRefusal(
    400,
    `Header cal-api-version must be ${accepted.join(' or ')} for ${path}, but it is ${given ?? 'missing'}.`,
  );
}

function authenticate(account: CalcomAccount, header: string | undefined): CalApiKey | null {
  const token = header?.replace('Bearer ', '');
  if (!token) return null;
  const key = account.key(token);
  if (!key) {
    throw new CalcomRefusal(
      401,
      token.startsWith('cal_') ? 'Your api key is not valid' : 'Invalid Access Token.',
    );
  }
  return key;
}

/** The key of the request; refuses when there is none. */
export function requireKey(c: Context<CalcomVariables>): CalApiKey {
  const key = c.get('key');
  if (key) return key;
  throw new CalcomRefusal(
    401,
    "No authentication method provided. Either pass an API key as 'Bearer' header or OAuth client credentials as 'x-cal-secret-key' and 'x-cal-client-id' headers",
  );
}

interface Counter {
  used: number;
  resetAt: number;
  blockedUntil: number;
}

/** Counts requests per key, else per address, in windows; the counts do not outlive the process. */
export function rateLimit(account: CalcomAccount): MiddlewareHandler<CalcomVariables> {
  const counters = new Map<string, Counter>();
  return async (c, next) => {
    const rule = account.rateLimit();
    if (!rule) return next();
    const now = Date.now();
    const who = c.req.header('authorization') ?? 'address';
    let counter = counters.get(who);
    if (!counter || (now >= counter.resetAt && now >= counter.blockedUntil)) {
      counter = { used: 0, resetAt: now + rule.ttlMs, blockedUntil: 0 };
      counters.set(who, counter);
    }
    counter.used += 1;
    if (counter.used > rule.limit && counter.blockedUntil === 0) counter.blockedUntil = now + rule.blockMs;
    const blocked = counter.blockedUntil > now;
    const seconds = Math.ceil((Math.max(counter.resetAt, counter.blockedUntil) - now) / 1000);
    const headers = {
      'X-RateLimit-Limit-Default': String(rule.limit),
      'X-RateLimit-Remaining-Default': String(Math.max(0, rule.limit - counter.used)),
      'X-RateLimit-Reset-Default': String(seconds),
    };
    if (blocked) {
      for (const [name, value] of Object.entries(headers)) c.header(name, value);
      throw new CalcomRefusal(429, 'Too many requests. Please try again later.');
    }
    await next();
    // A connection cut by a fault has no answer to put headers on.
    if (c.env.incoming.destroyed) return;
    for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
  };
}

/** Version, then key, in the order of the vendor. */
export function guard(account: CalcomAccount, mount: string): MiddlewareHandler<CalcomVariables> {
  return async (c, next) => {
    requireVersion(c.req.path.slice(mount.length), c.req.header('cal-api-version'));
    c.set('key', authenticate(account, c.req.header('authorization')));
    return next();
  };
}
