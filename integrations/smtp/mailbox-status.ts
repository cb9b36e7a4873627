/**
 * Whether an enhanced status code (RFC 3463) of a permanent failure is about the mailbox itself, so that every other
 * mail to it would fail too: bad address (5.1), moved or disabled mailbox (5.2.1), no such host (5.4.4). A full
 * mailbox (5.2.2) or a refused content (5.7) is not. Without a code the refusal of the address is taken at its word.
 */
export function isBadMailbox(enhanced: string | undefined): boolean {
  return enhanced === undefined || /^5\.(1\.\d+|2\.1|4\.4)$/.test(enhanced);
}
