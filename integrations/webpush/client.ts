import webPush from 'web-push';
import type { VendorFailure } from '../../shared/failures.ts';
import { classifyConnectionError, classifyStatus, retryAfterMs } from '../http.ts';

export interface WebPushConfig {
  /** VAPID (RFC 8292), both in base64url. */
  publicKey: string;
  privateKey: string;
  /** `mailto:` or `https:`; whom a push service may write to. */
  subject: string;
  timeoutMs: number;
}

/** What a browser gives for a device (Push API, `PushSubscription.toJSON()`). */
export interface PushSubscription {
  endpoint: string;
  keys: { p256dh: string; auth: string };
}

export interface PushMessage {
  subscription: PushSubscription;
  payload: string;
  /** At most 32 characters of base64url; a later message of the topic replaces one that was not delivered yet. */
  topic: string;
  /** How long the push service keeps it for a device that is away. */
  ttlSec: number;
}

/** A push service answered with something other than 2xx. */
export class PushRefusedError extends Error {
  override readonly name = 'PushRefusedError';
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  constructor(status: number, waitMs: number | undefined) {
    super(`the push service answered ${status}`);
    this.status = status;
    this.retryAfterMs = waitMs;
  }
}

/**
 * Sends to the push services of browsers, encrypted for the one device (RFC 8291). The library's own sender speaks
 * HTTPS only and follows no limit of ours, so the request that it has prepared is made here.
 */
export function createWebPushClient({ publicKey, privateKey, subject, timeoutMs }: WebPushConfig) {
  return {
    isGone,
    /** What a push ends with whose customer has no device any more. */
    nobodyThere: () => new PushRefusedError(410, undefined),
    async send({ subscription, payload, topic, ttlSec }: PushMessage): Promise<void> {
      const { endpoint, headers, body } = webPush.generateRequestDetails(subscription, payload, {
        vapidDetails: { subject, publicKey, privateKey },
        TTL: ttlSec,
        topic,
        urgency: 'normal',
      });
      const response = await fetch(endpoint, {
        method: 'POST',
        headers: headersOf(headers),
        body: new Uint8Array(body ?? Buffer.alloc(0)),
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      await response.body?.cancel();
      if (response.status >= 200 && response.status < 300) return;
      const waitMs = retryAfterMs(response.headers.get('retry-after'), Date.now());
      throw new PushRefusedError(response.status, waitMs);
    },
  };
}

/** `fetch` sets the length by itself. */
const headersOf = (headers: object): [string, string][] =>
  Object.entries(headers)
    .filter(([name]) => name !== 'Content-Length')
    .map(([name, value]) => [name, String(value)]);

export type WebPushClient = ReturnType<typeof createWebPushClient>;

/** Stands in where no keys are configured: what was subscribed before waits for them. */
export const unconfiguredWebPush = (): WebPushClient => ({
  isGone,
  nobodyThere: () => new PushRefusedError(410, undefined),
  send: () => Promise.reject(new PushRefusedError(401, undefined)),
});

/** The subscription is over (RFC 8030, 7.3): the browser has ended it, or the push service does not know it. */
export const isGone = (error: unknown): boolean =>
  error instanceof PushRefusedError && (error.status === 404 || error.status === 410);

/**
 * What an error of the client means. An attempt without an answer counts as not made: repeating a push is harmless,
 * because of its topic.
 */
export function classifyPushError(error: unknown): VendorFailure {
  if (!(error instanceof PushRefusedError)) {
    const failure = classifyConnectionError(error);
    return { ...failure, kind: 'unavailable' };
  }
  if (isGone(error)) {
    return {
      kind: 'rejected',
      code: 'gone',
      message: 'no device is subscribed any more',
      status: error.status,
    };
  }
  const { status } = error;
  const failure = classifyStatus(
    status,
    `http-${status}`,
    `the push service answered ${status}`,
    error.retryAfterMs,
  );
  return failure.kind === 'unknown-outcome' ? { ...failure, kind: 'unavailable' } : failure;
}
