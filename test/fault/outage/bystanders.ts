import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from '../../../scripts/stack/wait-until.ts';
import { type Caller, playCalls } from '../callers.ts';
import type { FaultStack } from '../fault-stack.ts';

/** A refresh that was asked for. */
export interface Ping {
  vendorCallId: string;
  atMs: number;
}

/** A call is not asked for again while its last refresh may still be under way. */
const CALLS = 20;
const PERIOD_MS = 500;
/** Beyond those who book. */
const FIRST_NUMBER = 800_000;

/**
 * Work that passes through the same workers and needs no calendar: settled calls are read again at Retell, one
 * after the other.
 */
export async function settledCalls(
  { addresses, db }: FaultStack,
  company: Caller['company'],
  signal: AbortSignal,
) {
  const callers = Array.from({ length: CALLS }, (_, number) => ({
    company,
    slot: number,
    number: FIRST_NUMBER + number,
    wishes: false,
  }));
  await playCalls(addresses, callers, 20, new Map(), signal);
  const settled = () =>
    db
      .selectFrom('calls')
      .where('settled_at', 'is not', null)
      .select(['id', 'vendor_call_id as vendorCallId'])
      .execute();
  await waitUntil('the calls', async () => (await settled()).length === CALLS, 120_000, signal);
  return settled();
}

/** Asks for one refresh after the other until the signal; what was asked for lands in `pings`. */
export async function pingForever(
  apiUrl: string,
  headers: Record<string, string>,
  calls: { id: string; vendorCallId: string }[],
  pings: Ping[],
  signal: AbortSignal,
): Promise<void> {
  for (let turn = 0; !signal.aborted; turn++) {
    const { id, vendorCallId } = calls[turn % calls.length]!;
    const ping = { vendorCallId, atMs: Date.now() };
    const response = await fetch(`${apiUrl}/api/calls/${id}/refresh`, { method: 'POST', headers });
    if (response.status !== 202) throw new Error(`A refresh was refused: ${await response.text()}`);
    pings.push(ping);
    await delay(PERIOD_MS, undefined, { signal }).catch(() => {});
  }
}

/** How long after each ping Retell was asked for its call, in ms; null where it never was. */
export async function latencies({ control }: FaultStack, pings: Ping[]) {
  const reads = await control.requests('retell', 'calls.get');
  return pings.map(({ vendorCallId, atMs }) => {
    const read = reads.find((each) => each.atMs >= atMs && each.path.endsWith(`/${vendorCallId}`));
    return { atMs, latencyMs: read ? read.atMs - atMs : null };
  });
}
