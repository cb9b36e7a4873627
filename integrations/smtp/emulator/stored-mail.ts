/** A mail as the emulator keeps it: taken apart only when somebody looks. */
export interface StoredMail {
  id: string;
  /** ISO 8601, UTC. */
  receivedAt: string;
  /** Envelope sender and recipients. */
  from: string;
  to: string[];
  messageId: string | null;
  sizeBytes: number;
  /** Headers and body as they came, one character for each byte. */
  source: string;
}

/** The value of a header (folded lines joined) without taking the mail apart. */
export function readHeader(source: string, name: string): string | null {
  const end = source.search(/\r?\n\r?\n/);
  const head = end === -1 ? source : source.slice(0, end);
  const found = new RegExp(`^${name}:[ \\t]*([^\\r\\n]*(?:\\r?\\n[ \\t][^\\r\\n]*)*)`, 'im').exec(head);
  return found?.[1]?.replace(/\r?\n[ \t]+/g, ' ').trim() || null;
}
