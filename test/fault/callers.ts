import { setTimeout as delay } from 'node:timers/promises';
import type { SeedCompany } from '../../db/seed/companies.ts';
import { wishedSlot } from './companies.ts';

/** One caller of the run: a person of their own with a slot of a company in mind. */
export interface Caller {
  company: SeedCompany;
  /** Which slot of the company (`wishedSlot`). */
  slot: number;
  /** Unique over the run. */
  number: number;
  /** False: they call without a wish. */
  wishes?: boolean;
}

/** Callers spread over the companies, each with a slot that nobody else asks for. */
export function callersWithOwnSlots(companies: SeedCompany[], count: number): Caller[] {
  return Array.from({ length: count }, (_, number) => ({
    company: companies[number % companies.length]!,
    slot: Math.floor(number / companies.length),
    number,
  }));
}

const PATIENCE_MS = 100;

/**
 * Plays the calls at this rate at most, waiting while `isFull` says that enough are open; every accepted call
 * lands in `played` (vendor call id → caller).
 */
export async function playCalls(
  addresses: { emulators: string; webhookUrl: string },
  callers: Caller[],
  perSecond: number,
  played: Map<string, Caller>,
  signal: AbortSignal,
  isFull: (asked: number) => boolean = () => false,
): Promise<void> {
  const startedAt = Date.now();
  const playing: Promise<void>[] = [];
  for (const [index, caller] of callers.entries()) {
    const waitMs = startedAt + (index * 1_000) / perSecond - Date.now();
    if (waitMs > 0) await delay(waitMs, undefined, { signal });
    while (isFull(index)) await delay(PATIENCE_MS, undefined, { signal });
    playing.push(play(addresses, caller).then((callId) => void played.set(callId, caller)));
  }
  await Promise.all(playing);
}

async function play(addresses: { emulators: string; webhookUrl: string }, caller: Caller): Promise<string> {
  const { company, number, wishes = true } = caller;
  const { date, time } = wishedSlot(caller.slot);
  const name = `Caller ${number}`;
  const email = `caller${number}@callers.example`;
  const response = await fetch(`${addresses.emulators}/retell/_emulator/calls`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      agent_id: company.line.agentId,
      from_number: `+4915120${String(100_000 + number)}`,
      to_number: company.line.numberE164,
      webhook_url: addresses.webhookUrl,
      transcript: `User: ${name} here, a consultation on ${date} at ${time}, please.`,
      analysis: {
        call_summary: 'The caller asked for a consultation.',
        call_successful: true,
        custom_analysis_data: {
          booking_requested: wishes,
          service: 'consultation',
          date,
          time,
          customer_name: name,
          customer_email: email,
        },
      },
    }),
  });
  if (!response.ok) throw new Error(`The phone emulator refused a call: ${await response.text()}`);
  return ((await response.json()) as { call_id: string }).call_id;
}
