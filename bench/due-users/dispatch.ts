import { setTimeout as delay } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Database } from '../../db/tables/database.ts';
import type { Vault } from '../../platform/vault.ts';
import type { Stack } from '../../scripts/stack/stack.ts';
import { answersOk, waitUntil } from '../../scripts/stack/wait-until.ts';
import type { LedgerEntry } from '../../shared/emulator.ts';
import { fillInDue } from './people.ts';

const MINUTE_MS = 60_000;
/** The first burst is further away than a sweep looks ahead. */
const LEAD_MIN = 4;
/** After its moment a burst has this long to have left. */
const LIMIT_MS = 50_000;
const POLL_MS = 500;
const AGENT = 'be7cbe7cbe7cbe7cbe7cbe7c';

/** Everything else is as shipped: sweep every minute, two and a half minutes ahead. */
export const dispatchSettings: Record<string, string> = {
  LOG_LEVEL: 'warn',
  DAILY_CALL_LEGAL_HOURS: '00:00-24:00',
  DAILY_CALLS_AT_ONCE: '1000',
  CALLKARO_AGENT_ID: AGENT,
};

export interface Burst {
  dueAt: string;
  /** From the due moment to the provider's book, one for each user. */
  latenessMs: number[];
}

/**
 * Bursts of users who are due in the same second, one a minute, through the whole stack: sweep, run, last look, effect
 * ledger, provider. Throws when somebody is not called, or called twice.
 */
export async function measureDispatch(
  { db, vault, stack }: { db: Kysely<Database>; vault: Vault; stack: Stack },
  companies: string[],
  { users, bursts }: { users: number; bursts: number },
): Promise<Burst[]> {
  const { env } = stack.settings;
  const control = `http://127.0.0.1:${env.EMULATORS_PORT}/_emulator`;
  const api = `http://127.0.0.1:${env.PORT}`;
  const seeded = await fetch(`${control}/seed`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      callkaro: {
        agents: [{ agent_id: AGENT }],
        webhook_url: `${api}/api/webhooks/call`,
        answers: { ring_ms: 200, talk_ms: 800, duration_ms: 1_000 },
      },
    }),
  });
  if (!seeded.ok) throw new Error(`the emulators refused the seed: ${await seeded.text()}`);
  stack.startEntry('app', 'scripts/stack/all-in-one.ts');
  await waitUntil('the API', () => answersOk(`${api}/readyz`), MINUTE_MS);

  const firstAt = (Math.floor(Date.now() / MINUTE_MS) + LEAD_MIN) * MINUTE_MS;
  const planned: { at: Date; phones: Set<string> }[] = [];
  for (let burst = 0; burst < bursts; burst += 1) {
    const at = new Date(firstAt + burst * MINUTE_MS);
    const phones = await fillInDue(db, vault, companies, { at, users, firstNumber: burst * users });
    planned.push({ at, phones: new Set(phones) });
  }
  if (Date.now() > firstAt - 3 * MINUTE_MS)
    throw new Error('filling in took so long that the first burst is near');

  const measured: Burst[] = [];
  for (const { at, phones } of planned) {
    await delay(Math.max(0, at.getTime() - Date.now()));
    const dials = await dialsTo(control, phones, at.getTime() + LIMIT_MS);
    if (new Set(dials.map(({ phone }) => phone)).size !== dials.length)
      throw new Error('somebody was called twice');
    const latenessMs = dials.map((dial) => dial.atMs - at.getTime());
    measured.push({ dueAt: at.toISOString(), latenessMs });
    process.stdout.write(
      `due ${at.toISOString()}: ${dials.length} calls, the last ${Math.max(...latenessMs)} ms late\n`,
    );
  }
  return measured;
}

/** All calls to these numbers, once there is one to each. */
async function dialsTo(
  control: string,
  phones: Set<string>,
  deadlineMs: number,
): Promise<{ phone: string; atMs: number }[]> {
  for (;;) {
    const response = await fetch(`${control}/ledger?vendor=callkaro&operation=calls.create`);
    const dials = ((await response.json()) as LedgerEntry[]).flatMap(({ request, at }) => {
      const { to_number: phone } = request as { to_number: string };
      return phones.has(phone) ? [{ phone, atMs: Date.parse(at) }] : [];
    });
    if (dials.length >= phones.size) return dials;
    if (Date.now() > deadlineMs)
      throw new Error(`${dials.length} of ${phones.size} users were called in time`);
    await delay(POLL_MS);
  }
}
