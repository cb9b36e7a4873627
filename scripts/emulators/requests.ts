import { createHash } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';

/** A request that reached a vendor, whatever became of it. */
export interface ReceivedRequest {
  /** Unix time in ms at which it arrived. */
  atMs: number;
  vendor: string;
  method: string;
  /** With the vendor's mount, without the query. */
  path: string;
  /** Dotted name; null for what was refused before the vendor knew what was wanted. */
  operation: string | null;
  /** `fingerprint` of the `Authorization` header; null without one. */
  key: string | null;
  /** What was answered; 0 when the connection was cut, null while it is under way. */
  status: number | null;
}

export interface RequestLog {
  /** Notes every request of a vendor as it arrives, except those that steer its emulator. */
  watch(vendor: string): MiddlewareHandler;
  /** Says which operation a request turned out to be. */
  name(c: Context, operation: string): void;
  list(query: { vendor?: string | undefined; operation?: string | undefined }): ReceivedRequest[];
  clear(vendor?: string): void;
}

/** Hours of a busy run; the oldest make room. */
const KEPT = 200_000;

/** Tells keys apart without showing them. */
export const fingerprint = (authorization: string) =>
  createHash('sha256').update(authorization).digest('hex').slice(0, 12);

/**
 * Who asked for what and when, read and refused requests included: the ledger has only what was executed. It
 * lives in memory and ends with the process.
 */
export function createRequestLog(kept = KEPT): RequestLog {
  let requests: ReceivedRequest[] = [];
  const underWay = new WeakMap<Request, ReceivedRequest>();
  return {
    watch: (vendor) => async (c, next) => {
      if (c.req.path.includes('/_emulator/')) return next();
      const authorization = c.req.header('authorization');
      const request: ReceivedRequest = {
        atMs: Date.now(),
        vendor,
        method: c.req.method,
        path: c.req.path,
        operation: null,
        key: authorization ? fingerprint(authorization) : null,
        status: null,
      };
      underWay.set(c.req.raw, request);
      requests.push(request);
      // Twice the bound before the oldest half goes, so that not every request moves all of them.
      if (requests.length >= 2 * kept) requests = requests.slice(-kept);
      await next();
      request.status = c.env.incoming.socket.destroyed ? 0 : c.res.status;
    },
    name(c, operation) {
      const request = underWay.get(c.req.raw);
      if (request) request.operation = operation;
    },
    list: ({ vendor, operation }) =>
      requests
        .slice(-kept)
        .filter(
          (request) =>
            (!vendor || request.vendor === vendor) && (!operation || request.operation === operation),
        ),
    clear(vendor) {
      requests = vendor ? requests.filter((request) => request.vendor !== vendor) : [];
    },
  };
}
