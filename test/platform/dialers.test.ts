import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readEnv } from '../../platform/env.ts';
import { createDialers } from '../../platform/vendor-clients.ts';
import { createEmulatorHost } from '../../scripts/emulators/host.ts';
import { vendorEmulators } from '../../scripts/emulators/roster.ts';

const production = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://desk.example',
  DATABASE_URL: 'postgres://db.example/switchboard',
  TEMPORAL_ADDRESS: 'temporal.example:7233',
  SWITCHBOARD_MASTER_KEYS: '1:key',
  RETELL_API_KEY: 'key',
  TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'token',
  TWILIO_FROM_NUMBER: '+4930123456',
  LLM_API_KEY: 'key',
  STRIPE_API_KEY: 'key',
  STRIPE_WEBHOOK_SECRETS: 'whsec_key',
  STRIPE_PRICE_IDS: 'price_1',
  SMTP_URL: 'smtps://mail.example',
};
const accounts = [
  'CALLKARO_API_KEY',
  'VAPI_API_KEY',
  'VAPI_PHONE_NUMBER_ID',
  'VAPI_WEBHOOK_SECRET',
  'RETELL_FROM_NUMBER',
] as const;

it('has an account at every emulator in development, and none of them in production', () => {
  const development = readEnv({});
  const real = readEnv(production);
  for (const name of accounts) {
    expect(development[name], name).toBeTruthy();
    expect(real[name], name).toBeUndefined();
  }
  expect(development.CALLKARO_WEBHOOK_SECRET).toBeUndefined();
  expect([real.CALLKARO_BASE_URL, real.VAPI_BASE_URL]).toEqual([
    'https://api.callkaro.ai',
    'https://api.vapi.ai',
  ]);
  expect(readEnv({ ...production, VAPI_API_KEY: 'real' }).VAPI_API_KEY).toBe('real');
});

it('is accepted by the emulators with the accounts of development', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'dialers-'));
  const settings = { ...readEnv({}), SMTP_PORT: 0 };
  const host = await createEmulatorHost({ dataDir, port: 0, emulators: vendorEmulators(settings) });
  const env = readEnv({ EMULATORS_PORT: String(host.port) });
  const health = (await (await fetch(`${host.url}/_emulator/health`)).json()) as { vendors: string[] };
  expect(health.vendors).toEqual(expect.arrayContaining(['callkaro', 'retell', 'vapi']));
  const dialers = createDialers(env);
  const agents = {
    callkaro: 'a'.repeat(24),
    retell: 'agent_daily',
    vapi: '5c7a3d2e-1b4f-4c6d-8e9f-0a1b2c3d4e5f',
  } as const;
  await fetch(`${host.url}/_emulator/seed`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      callkaro: { agents: [{ agent_id: agents.callkaro }] },
      retell: { agents: [{ agent_id: agents.retell }] },
      vapi: { assistants: [{ id: agents.vapi }] },
    }),
  });
  try {
    for (const name of ['callkaro', 'retell', 'vapi'] as const) {
      const made = await dialers[name].dial({
        attemptId: `attempt-${name}`,
        to: '+4915112345678',
        agentRef: agents[name],
        variables: {},
        metadata: {},
        dialledAt: new Date(),
      });
      expect(made.providerCallId, name).toBeTruthy();
    }
  } finally {
    await host.close();
    await rm(dataDir, { recursive: true, force: true });
  }
});

it('calls nobody through a provider without settings', async () => {
  for (const [name, dialer] of Object.entries(createDialers(readEnv(production)))) {
    expect(dialer.name).toBe(name);
    await expect(dialer.fetchCall('x'), name).rejects.toMatchObject({ failure: { code: 'not-configured' } });
  }
});
