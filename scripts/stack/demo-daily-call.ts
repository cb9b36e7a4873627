import { createApiKey } from '../../db/api-keys.ts';
import { connectDatabase } from '../../db/connect.ts';
import { seedCompanies } from '../../db/seed/companies.ts';
import type { Env } from '../../platform/env.ts';
import { dailyCallWorkflowId } from '../../shared/ids.ts';
import { waitUntil } from './wait-until.ts';

const DAY_LIMIT_MS = 60_000;
const AGENT = 'a1b2c3d4e5f6a1b2c3d4e5f6';
/** Three seconds: what takes half an hour in earnest. */
const RETRY_MINUTES = 0.05;

/** Zones around the world: in one of them it is always a decent hour. */
const zones = [
  'Europe/Berlin',
  'America/New_York',
  'America/Los_Angeles',
  'Pacific/Auckland',
  'Asia/Kolkata',
  'Asia/Tokyo',
];

const hourIn = (timeZone: string, at: Date) =>
  Number(new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' }).format(at));

export interface DailyCallDemo {
  reached: boolean;
  lines: string[];
}

/** A person whose phone is not answered at first, and is when it rings again. */
export async function playDemoDailyCall({
  env,
  log,
}: {
  env: Env;
  log: (text: string) => void;
}): Promise<DailyCallDemo> {
  const { db, close } = connectDatabase(env.DATABASE_URL, 2);
  const api = `http://127.0.0.1:${env.PORT}`;
  const emulators = `http://127.0.0.1:${env.EMULATORS_PORT}`;
  try {
    const { id: companyId } = await db
      .selectFrom('companies')
      .where('slug', '=', seedCompanies[0]!.slug)
      .select('id')
      .executeTakeFirstOrThrow();
    const { key } = await createApiKey(db, { companyId, name: 'demo' });
    const ask = async (method: string, path: string, body: object) =>
      send(`${api}${path}`, method, body, { authorization: `Bearer ${key}` });

    const now = new Date();
    const timeZone =
      zones.find((zone) => hourIn(zone, now) >= 9 && hourIn(zone, now) < 20) ?? 'Europe/Berlin';
    const phone = `+4915123${String(now.getTime() % 1_000_000).padStart(6, '0')}`;
    await send(`${emulators}/_emulator/seed`, 'POST', {
      callkaro: {
        agents: [{ agent_id: AGENT }],
        webhook_url: `${api}/api/webhooks/call`,
        answers: { numbers: { [phone]: ['no-answer', 'answers'] } },
      },
    });
    const slug = `evening-${now.getTime()}`;
    await ask('POST', '/api/agent-scripts', {
      slug,
      name: 'Evening call',
      questions: [{ key: 'day', question: 'How was your day?' }],
      variants: [{ name: 'warm', weight: 1, agentRefs: { callkaro: AGENT } }],
    });
    const user = await ask('POST', '/api/call-users', {
      name: 'Mia Sommer',
      phone,
      email: 'mia.sommer@example.com',
      consent: true,
      timeZone,
      callTime: '12:00',
      retryDelays: { 'no-answer': RETRY_MINUTES },
      script: slug,
      notifyChannels: ['email'],
    });
    log(`Mia Sommer (${timeZone}) is called; her phone is not answered at first`);
    await ask('POST', '/api/queue/trigger', { userId: user.id });

    const dayOf = () =>
      db.selectFrom('daily_calls').where('user_id', '=', String(user.id)).selectAll().executeTakeFirst();
    await waitUntil('the day to end', async () => (await dayOf())?.status === 'ended', DAY_LIMIT_MS);
    const day = (await dayOf())!;
    const attempts = await db
      .selectFrom('call_attempts')
      .where('user_id', '=', day.user_id)
      .select(['number', 'status', 'dialled_at'])
      .orderBy('number')
      .execute();
    const workflowId = encodeURIComponent(dailyCallWorkflowId(day.user_id, day.local_date));
    return {
      reached: day.outcome === 'completed' && attempts.length === 2,
      lines: [
        `daily call: ${day.outcome}`,
        ...attempts.map(
          ({ number, status, dialled_at }) =>
            `  attempt ${number}: ${status}, dialled at ${dialled_at?.toISOString()}`,
        ),
        `  the story:  http://127.0.0.1:${env.TEMPORAL_UI_PORT}/namespaces/${env.TEMPORAL_NAMESPACE}/workflows/${workflowId}`,
      ],
    };
  } finally {
    await close();
  }
}

async function send(
  url: string,
  method: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}
