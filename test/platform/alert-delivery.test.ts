import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clearAlert, raiseAlert } from '../../db/alerts.ts';
import { createSlackEmulator } from '../../integrations/slack/emulator.ts';
import type { MailView } from '../../integrations/smtp/emulator/mail-view.ts';
import { createSmtpEmulator } from '../../integrations/smtp/emulator.ts';
import { type AlertDelivery, createAlertDelivery } from '../../platform/alert-delivery.ts';
import { createAlertWatch } from '../../platform/alert-watch.ts';
import { createDeps, type Deps } from '../../platform/deps.ts';
import { readEnv } from '../../platform/env.ts';
import { createEmulatorHost } from '../../scripts/emulators/host.ts';
import type { AlertKind } from '../../shared/alerts.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const MAIL = 'ops@switchboard.example';

let database: TestDatabase;
let host: Awaited<ReturnType<typeof createEmulatorHost>>;
let deps: Deps;
let dataDir: string;

beforeAll(async () => {
  database = await createTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), 'alerts-'));
  host = await createEmulatorHost({
    ...{ dataDir, port: 0 },
    emulators: [createSmtpEmulator({ port: 0 }), createSlackEmulator()],
  });
  await control('/_emulator/seed', { slack: { webhooks: ['T1/B1/secret'] } });
  deps = await processDeps();
});
afterAll(async () => {
  await deps?.close();
  await host?.close();
  await database?.drop();
  await rm(dataDir, { recursive: true, force: true });
});
beforeEach(async () => {
  await deps.pool.query('TRUNCATE alerts, alert_notices, alert_tellings, effects, circuit_breakers');
  await fetch(`${host.url}/_emulator/state`, { method: 'DELETE' });
  await fetch(`${host.url}/_emulator/faults`, { method: 'DELETE' });
  await control('/_emulator/seed', { slack: { webhooks: ['T1/B1/secret'] } });
});

const control = (path: string, body: unknown) =>
  fetch(`${host.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const processDeps = (settings: Record<string, string> = {}) =>
  createDeps(
    readEnv({
      ...{ NODE_ENV: 'test', LOG_LEVEL: 'silent', DATABASE_URL: database.url },
      ...{ SMTP_PORT: String(host.smtpPort), ALERT_MAIL_TO: MAIL },
      ALERT_WEBHOOK_URL: `${host.url}/slack/services/T1/B1/secret`,
      ...settings,
    }),
  );
/** The product's own delivery, with less patience between two messages. */
const delivery = (from: Deps, gapMs = 0): AlertDelivery =>
  createAlertDelivery({
    ...{ env: from.env, db: from.db, effects: from.effects, log: from.log, mailer: from.mailer, gapMs },
    ...{ mailFailure: from.mailFailure, chat: null, chatFailure: from.mailFailure },
  });
const mails = async () =>
  ((await (await fetch(`${host.url}/mail/api/messages`)).json()) as MailView[])
    .map(({ subject }) => subject)
    .reverse();
const posts = async () =>
  (await fetch(`${host.url}/_emulator/ledger?vendor=slack`)).json() as Promise<
    { request: { text: string } }[]
  >;
const alert = (entity: string, kind: AlertKind = 'component-down') => ({ kind, companyId: null, entity });
const notices = async () =>
  (
    await deps.db.selectFrom('alert_notices').select(['channel', 'status']).orderBy('created_at').execute()
  ).map(({ channel, status }) => `${channel.split('/')[0]} ${status}`);

describe('operators', () => {
  it('are told once of what is raised together, in one mail and one post, and once that it is over', async () => {
    await raiseAlert(deps.db, alert('retell'));
    await raiseAlert(deps.db, alert('smtp'));
    await deps.alertDelivery.deliver();
    await deps.alertDelivery.deliver();
    expect(await mails()).toEqual(['[Switchboard] 2 alerts: component-down: retell and more']);
    expect((await posts()).map(({ request }) => request.text)).toEqual([
      expect.stringContaining('component-down: smtp'),
    ]);
    expect((await posts())[0]?.request.text).toContain('docs/runbooks/a-component-is-down.md');

    // What comes within the minute waits for the next message.
    await raiseAlert(deps.db, alert('retell'));
    await clearAlert(deps.db, alert('retell'));
    await deps.alertDelivery.deliver();
    expect(await mails()).toHaveLength(1);
    await delivery(deps).deliver();
    await delivery(deps).deliver();
    expect(await mails()).toEqual([expect.any(String), '[Switchboard] Over: component-down: retell']);
  });

  it('are told once although many processes do it at once', async () => {
    const others = await Promise.all([processDeps(), processDeps()]);
    for (let n = 0; n < 5; n += 1) {
      await raiseAlert(deps.db, alert(`part-${n}`));
      await Promise.all(
        [deps, ...others].flatMap((each) => [delivery(each).deliver(), delivery(each).deliver()]),
      );
    }
    await delivery(deps).deliver();
    expect(await mails()).toHaveLength(5);
    await Promise.all(others.map((each) => each.close()));
  });

  it('are not told of what was over long before the channel was there', async () => {
    await raiseAlert(deps.db, alert('old'));
    await clearAlert(deps.db, alert('old'));
    await deps.pool.query(`UPDATE alerts SET cleared_at = now() - interval '2 hours'`);
    await delivery(deps).deliver();
    expect(await notices()).toEqual([]);
  });
});

describe('a channel', () => {
  const fault = (plan: object) => control('/_emulator/faults', { vendor: 'smtp', ...plan });

  it('that is down is told later, and holds up no other', async () => {
    await fault({ operation: 'mail.deliver', mode: 'status', status: 451, count: 1 });
    await raiseAlert(deps.db, alert('retell'));
    await deps.alertDelivery.deliver();
    expect([await mails(), (await posts()).length]).toEqual([[], 1]);
    expect((await notices()).toSorted()).toEqual(['chat sent', 'mail pending']);
    await raiseAlert(deps.db, alert('later'));
    await deps.alertDelivery.deliver();
    expect(await mails()).toEqual(['[Switchboard] Alert: component-down: retell']);
  });

  it('whose answer got lost is not told twice, and it is written down that nobody knows', async () => {
    await fault({ operation: 'mail.deliver', mode: 'executed-then-drop', count: 1 });
    await raiseAlert(deps.db, alert('retell'));
    await delivery(deps).deliver();
    await delivery(deps).deliver();
    expect(await mails()).toHaveLength(1);
    expect(await notices()).toEqual(['mail unknown']);
  });

  it('that refuses for good is given up for this message', async () => {
    await control('/_emulator/seed', {
      smtp: { recipients: { [MAIL]: { status: 550, reply: '5.1.1 no such user' } } },
    });
    await raiseAlert(deps.db, alert('retell'));
    await delivery(deps).deliver();
    expect(await notices()).toEqual(['mail refused']);
  });

  it('goes on where a process died between its message and its note', async () => {
    await raiseAlert(deps.db, alert('retell'));
    let died = false;
    const dying = createAlertDelivery({
      ...{ env: deps.env, db: deps.db, log: deps.log, mailer: deps.mailer, gapMs: 0 },
      ...{ mailFailure: deps.mailFailure, chat: null, chatFailure: deps.mailFailure },
      effects: {
        ...deps.effects,
        once: async () => {
          died = true;
          throw new Error('killed');
        },
      },
    });
    await dying.deliver();
    expect([died, await notices()]).toEqual([true, ['mail pending']]);
    await delivery(deps).deliver();
    expect([await mails(), await notices()]).toEqual([[expect.any(String)], ['mail sent']]);
  });
});

describe('who watches the heartbeat', () => {
  const standing = async () =>
    (await deps.db.selectFrom('alerts').select(['kind', 'cleared_at']).execute()).map(
      ({ kind, cleared_at }) => `${kind} ${cleared_at ? 'over' : 'stands'}`,
    );
  const beat = (ago: string) =>
    deps.pool.query(
      `INSERT INTO health_checks (name, owner, status, checked_at) VALUES ('heartbeat', 'heartbeat', 'up', now() - $1::interval)
       ON CONFLICT (name) DO UPDATE SET checked_at = excluded.checked_at`,
      [ago],
    );
  const watch = (heartbeatLimitMs: number, told: () => void = () => {}) =>
    createAlertWatch({
      ...{ db: deps.db, log: deps.log, intervalMs: 20, heartbeatLimitMs },
      delivery: { deliver: async () => told() },
    });

  it('raises an alert when none comes, also on an installation that never had one, and clears it', async () => {
    let looks = 0;
    const watching = watch(100, () => {
      looks += 1;
    });
    await expect.poll(standing).toEqual(['heartbeat-missing stands']);
    // Not old, however long it takes to be seen.
    await beat('-1 hour');
    await expect.poll(standing).toEqual(['heartbeat-missing over']);
    await watching.close();
    expect(looks).toBeGreaterThan(1);
    await deps.db.deleteFrom('health_checks').execute();
  });

  it('gives a heartbeat its time after everything was off', async () => {
    await beat('2 hours');
    let looks = 0;
    const watching = watch(60_000, () => {
      looks += 1;
    });
    await expect.poll(() => looks).toBeGreaterThan(2);
    expect(await standing()).toEqual([]);
    await watching.close();
  });
});
