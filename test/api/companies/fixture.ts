import { randomUUID } from 'node:crypto';
import { calendarAccount } from '../../../db/seed/calendar-account.ts';
import { type SeedCompany, seedCompanies } from '../../../db/seed/companies.ts';
import { createCalcomEmulator } from '../../../integrations/calcom/emulator.ts';
import { createDeps } from '../../../platform/deps.ts';
import { readEnv } from '../../../platform/env.ts';
import { startTestHost, type TestHost } from '../../emulators/fixture.ts';
import { type Answer, masterKeys, startTestApi, type TestApi } from '../support.ts';

export interface CompaniesFixture {
  api: TestApi;
  cal: TestHost;
  onboard(body: unknown, key?: string): Promise<Answer>;
  /** Rows of a table. */
  count(table: 'companies' | 'phone_lines' | 'staff' | 'event_types' | 'api_keys'): Promise<number>;
  /** What Cal.com would post to, as the company's key sees it. */
  subscriptions(key: string): Promise<{ subscriberUrl: string; secret: string; triggers: string[] }[]>;
  close(): Promise<void>;
}

const salon = seedCompanies[0] as SeedCompany;
export const CALCOM_KEY = salon.calcomKey;

/** The API with the product's own way to Cal.com, which is emulated and knows the salon. */
export async function startCompanies(): Promise<CompaniesFixture> {
  const cal = await startTestHost(createCalcomEmulator());
  await cal.seed({ calcom: calendarAccount(salon, 100) });
  const bare = await startTestApi();
  const deps = await createDeps(
    readEnv({
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      DATABASE_URL: bare.deps.env.DATABASE_URL,
      SWITCHBOARD_MASTER_KEYS: masterKeys,
      CALCOM_BASE_URL: `${cal.url}/calcom/v2`,
      PUBLIC_URL: 'https://desk.example',
    }),
  );
  Object.assign(bare.deps, { keyChecks: deps.keyChecks, calendarWebhooks: deps.calendarWebhooks });
  return {
    api: bare,
    cal,
    onboard: (body, key = randomUUID()) =>
      bare.post('/api/companies', body, bare.operatorKey, { 'idempotency-key': key }),
    async count(table) {
      const { rows } = await deps.pool.query<{ n: number }>(`SELECT count(*)::integer AS n FROM ${table}`);
      return rows[0]?.n ?? 0;
    },
    async subscriptions(key) {
      const response = await fetch(`${cal.url}/calcom/v2/webhooks`, {
        headers: { authorization: `Bearer ${key}` },
      });
      return ((await response.json()) as { data: never[] }).data;
    },
    async close() {
      await deps.close();
      await bare.close();
      await cal.close();
    },
  };
}

let numbers = 0;

/** A sound company that the salon's calendar fits; slug, line and agent are new each time. */
export function company(changes: Record<string, unknown> = {}) {
  numbers += 1;
  return {
    slug: `salon-${numbers}`,
    name: 'Salon Neu',
    timeZone: 'Europe/Berlin',
    locale: 'de-DE',
    country: 'DE',
    currency: 'EUR',
    contactEmail: 'desk@salon-neu.example',
    lines: [{ number: `030 9018201${String(numbers).padStart(2, '0')}`, agentId: `agent_${numbers}` }],
    staff: [
      {
        name: 'Mara',
        email: 'Mara@salon-lindgruen.example',
        hours: [
          { weekdays: [2, 3], from: '09:00', to: '13:00' },
          { weekdays: [2, 3], from: '13:00', to: '18:30' },
        ],
      },
      {
        name: 'Jonas',
        email: 'jonas@salon-lindgruen.example',
        hours: [{ weekdays: [1], from: '16:00', to: '24:00' }],
      },
    ],
    services: [
      {
        slug: 'haircut',
        name: 'Haarschnitt',
        aliases: ['schnitt'],
        durationMin: 45,
        bufferAfterMin: 10,
        priceCents: 4_900,
        offeredBy: [
          { staff: 'mara@salon-lindgruen.example', eventTypeId: 101 },
          { staff: 'jonas@salon-lindgruen.example', eventTypeId: 102 },
        ],
      },
    ],
    keys: { calcom: CALCOM_KEY },
    limits: { apiCallsPerMinute: 30 },
    ...changes,
  };
}

/** Fields of a problem with what is wrong with each. */
export const wrong = ({ body }: Answer): Record<string, string> =>
  Object.fromEntries(
    body.errors.map(({ path, message }: { path: string; message: string }) => [path, message]),
  );
