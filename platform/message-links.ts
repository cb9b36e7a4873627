import { timingSafeEqual } from 'node:crypto';
import type { Vault } from './vault.ts';

const UUID_BYTES = 16;
const MAC_BYTES = 16;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Addresses of ours that go out with messages. */
export interface MessageLinks {
  /** Where a customer ends reminders by mail. The link never expires and tells nothing but the customer's id. */
  unsubscribe(customerId: string): string;
  /** Whose link a token is of; null: it is not one of ours. */
  readUnsubscribe(token: string): string | null;
  /** Where Twilio reports on a message; undefined: it could not reach us. */
  twilioCallback(notificationId: string): string | undefined;
}

export function createMessageLinks(
  env: { PUBLIC_URL: string; TWILIO_BASE_URL: string },
  vault: Pick<Vault, 'blindIndex'>,
): MessageLinks {
  const base = env.PUBLIC_URL.replace(/\/+$/, '');
  const isLocal = (url: string) => LOOPBACK.test(new URL(url).hostname);
  // The real Twilio refuses a message whose callback it cannot reach.
  const reachable = !isLocal(env.PUBLIC_URL) || isLocal(env.TWILIO_BASE_URL);
  const macOf = (customerId: string) => vault.blindIndex('unsubscribe', customerId).subarray(0, MAC_BYTES);
  return {
    unsubscribe(customerId) {
      const id = Buffer.from(customerId.replaceAll('-', ''), 'hex');
      return `${base}/unsubscribe/${Buffer.concat([id, macOf(customerId)]).toString('base64url')}`;
    },
    readUnsubscribe(token) {
      const bytes = Buffer.from(token, 'base64url');
      if (bytes.length !== UUID_BYTES + MAC_BYTES) return null;
      const hex = bytes.subarray(0, UUID_BYTES).toString('hex');
      const customerId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
      return timingSafeEqual(bytes.subarray(UUID_BYTES), macOf(customerId)) ? customerId : null;
    },
    twilioCallback: (notificationId) =>
      reachable ? `${base}/api/webhooks/twilio?notification=${notificationId}` : undefined,
  };
}
