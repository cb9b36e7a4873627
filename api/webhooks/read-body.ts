import type { IncomingMessage } from 'node:http';

/** Beyond this many times the limit the connection is cut instead of read to its end. */
const DISCARD_FACTOR = 8;

/**
 * Reads the raw body, keeping at most `limitBytes` of it in memory. `'too-large'` is known as early as
 * possible; the rest is then read and thrown away, so that the sender gets to see the answer.
 * `'aborted'`: the sender is gone.
 */
export function readBody(
  req: IncomingMessage,
  limitBytes: number,
): Promise<Buffer | 'too-large' | 'aborted'> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let received = 0;
    const refuse = () => {
      chunks = [];
      resolve('too-large');
    };
    if (Number(req.headers['content-length'] ?? 0) > limitBytes) refuse();
    req.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received > limitBytes) refuse();
      else chunks.push(chunk);
      if (received > limitBytes * DISCARD_FACTOR) req.destroy();
    });
    req.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    req.on('close', () => resolve('aborted'));
    req.on('error', () => resolve('aborted'));
  });
}
