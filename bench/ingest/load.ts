import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Retell } from 'retell-sdk';

/**
 * The load generator, a process of its own: requests are built and signed ahead, then sent over kept-alive
 * connections, one at a time on each. Takes `LoadOrder` messages and answers each with a `LoadReport`.
 */
export interface LoadOrder {
  port: number;
  path: string;
  key: string;
  requests: number;
  connections: number;
  /** Every n-th request repeats the one before it. */
  duplicateEvery: number;
}

export interface LoadReport {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Different events among the requests: so many rows there must be. */
  uniqueEvents: number;
  /** Answers other than 204. */
  refused: number;
}

const transcript =
  'Agent: Good morning, how can I help?\nUser: I would like an appointment on Tuesday.\n'.repeat(12);

async function buildRequest(order: LoadOrder): Promise<Buffer> {
  const body = JSON.stringify({
    event: 'call_ended',
    call: {
      call_id: `call_${randomUUID()}`,
      call_type: 'phone_call',
      agent_id: 'agent_bench',
      agent_version: 1,
      call_status: 'ended',
      direction: 'inbound',
      from_number: '+4915112345678',
      to_number: '+4930901820',
      start_timestamp: 1_767_000_000_000,
      end_timestamp: 1_767_000_090_000,
      duration_ms: 90_000,
      disconnection_reason: 'user_hangup',
      transcript,
    },
  });
  const signature = await Retell.sign(body, order.key);
  return Buffer.from(
    `POST ${order.path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n` +
      `X-Retell-Signature: ${signature}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

async function build(order: LoadOrder): Promise<{ requests: Buffer[]; uniqueEvents: number }> {
  const requests: Buffer[] = [];
  let uniqueEvents = 0;
  for (let index = 0; index < order.requests; index += 1) {
    const repeats = index > 0 && index % order.duplicateEvery === 0;
    if (!repeats) uniqueEvents += 1;
    requests.push(repeats ? (requests[index - 1] as Buffer) : await buildRequest(order));
  }
  return { requests, uniqueEvents };
}

async function send(order: LoadOrder, requests: Buffer[]): Promise<Omit<LoadReport, 'uniqueEvents'>> {
  const latencies = new Float64Array(requests.length);
  let next = 0;
  let refused = 0;

  const converse = async () => {
    const socket = connect(order.port, '127.0.0.1').setNoDelay(true);
    await once(socket, 'connect');
    await new Promise<void>((resolve, reject) => {
      let index = 0;
      let sentAt = 0;
      let pending = '';
      const sendNext = () => {
        if (next >= requests.length) return resolve();
        index = next;
        next += 1;
        sentAt = performance.now();
        socket.write(requests[index] as Buffer);
      };
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('connection closed')));
      socket.on('data', (chunk) => {
        pending += chunk.toString('latin1');
        // Only a 204 is known to end with its headers; any other answer ends this connection's part.
        if (!pending.includes('\r\n\r\n')) return;
        if (!pending.startsWith('HTTP/1.1 204')) {
          refused += 1;
          return reject(new Error(pending.slice(0, 300)));
        }
        latencies[index] = performance.now() - sentAt;
        pending = '';
        sendNext();
      });
      sendNext();
    });
    socket.removeAllListeners('close').destroy();
  };

  const startedAt = performance.now();
  await Promise.all(Array.from({ length: order.connections }, converse));
  const seconds = (performance.now() - startedAt) / 1_000;
  latencies.sort();
  const quantile = (share: number) => latencies[Math.floor(latencies.length * share)] ?? 0;
  return { perSecond: requests.length / seconds, p50Ms: quantile(0.5), p99Ms: quantile(0.99), refused };
}

// Ends with the benchmark that started it.
process.on('disconnect', () => process.exit());

process.on('message', async (order: LoadOrder) => {
  const { requests, uniqueEvents } = await build(order);
  const report: LoadReport = { ...(await send(order, requests)), uniqueEvents };
  process.send?.(report);
});
process.send?.('ready');
