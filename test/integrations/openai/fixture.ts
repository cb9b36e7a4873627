import { z } from 'zod';
import { createModelClient } from '../../../integrations/openai/client.ts';
import { createOpenaiEmulator } from '../../../integrations/openai/emulator.ts';
import { postJson, startTestHost } from '../../emulators/fixture.ts';

export const apiKey = 'sk-test-key-0001';
/** A Monday. */
export const TODAY = '2026-03-02';

export const wishSchema = z.object({
  intent: z.enum(['book', 'reschedule', 'cancel', 'none', 'unclear']),
  service: z.string().nullable(),
  staff: z.string().nullable(),
  date: z.string().nullable(),
  time: z.string().nullable(),
  customerName: z.string().nullable(),
  customerEmail: z.string().nullable(),
  confidence: z.number().min(0).max(1),
  reason: z.string(),
});

export const system = [
  'You read a telephone conversation and state what the caller wants.',
  `Date of the call: ${TODAY} (time zone Europe/Berlin).`,
  'Services (slug | name | other names):',
  "- womens-cut | Women's haircut | Damenhaarschnitt",
  "- mens-cut | Men's haircut",
  '- colour | Colour and highlights | Farbe',
  'Staff:',
  '- Anna Keller',
  '- Ben Okafor',
  'Answer with the slug of the service.',
].join('\n');

/** An emulator of its own and our client for it. */
export async function startOpenai() {
  const host = await startTestHost(createOpenaiEmulator({ apiKey }));
  const connect = (overrides: Partial<Parameters<typeof createModelClient>[0]> = {}) =>
    createModelClient({
      baseURL: `${host.url}/openai/v1`,
      apiKey,
      model: 'gpt-5-mini',
      timeoutMs: 5_000,
      ...overrides,
    });
  const client = connect();
  return {
    host,
    connect,
    /** Reads a transcript with our client. */
    readCall: (user: string, from = client) =>
      from.extract({ name: 'call_wish', schema: wishSchema, system, user }),
    script: (answer: object) => postJson(`${host.url}/openai/_emulator/answers`, answer),
    async reset() {
      await fetch(`${host.url}/_emulator/faults`, { method: 'DELETE' });
      await fetch(`${host.url}/_emulator/state`, { method: 'DELETE' });
    },
  };
}

/** The error that a promise ends with; fails when it does not. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`expected an error, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}
