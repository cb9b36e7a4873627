import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { InvalidEnvironmentError, readEnv } from '../../platform/env.ts';
import { settingNames } from '../support/env-variables.ts';

/** `.env.example` as name → value; every line is commented out. */
function exampleSettings(): Map<string, string> {
  const text = readFileSync('.env.example', 'utf8');
  const lines = [...text.matchAll(/^#([A-Z][A-Z0-9_]+)=(.*)$/gm)];
  return new Map(lines.map(([, name, value]) => [name as string, value as string]));
}

/** Read by docker-compose.yml, not by the application. */
const composeOnly = ['POSTGRES_PASSWORD', 'TEMPORAL_RETENTION'];

it('documents every setting in .env.example, and nothing else', () => {
  const documented = [...exampleSettings().keys()].filter((name) => !composeOnly.includes(name));
  expect(settingNames().length).toBeGreaterThan(40);
  expect(documented.toSorted()).toEqual(settingNames().toSorted());
});

it('states the true default of every setting', () => {
  const defaults = readEnv({});
  for (const [name, value] of exampleSettings()) {
    expect(readEnv({ [name]: value }), name).toEqual(defaults);
  }
});

it('sets nothing in .env.example itself, so that a copy cannot bring development keys into production', () => {
  const active = readFileSync('.env.example', 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  expect(active).toEqual([]);
});

it('reports all problems at once, by name', () => {
  const read = () =>
    readEnv({
      PORT: '70000',
      DATABASE_URL: 'not a url',
      TEMPORAL_TLS: 'perhaps',
      TWILIO_ACCOUNT_SID: 'AC123',
      TWILIO_FROM_NUMBER: '030 123',
      WORKER_WORKFLOW_SLOTS: '1',
      LOG_LEVEL: 'loud',
      CALL_END_WAIT_MS: '-1',
    });
  expect(read).toThrow(InvalidEnvironmentError);
  expect(read).toThrow('The environment has 8 problem(s); see .env.example:');
  for (const name of [
    'PORT',
    'DATABASE_URL',
    'TEMPORAL_TLS',
    'TWILIO_ACCOUNT_SID',
    'TWILIO_FROM_NUMBER',
    'WORKER_WORKFLOW_SLOTS',
    'LOG_LEVEL',
    'CALL_END_WAIT_MS',
  ]) {
    expect(read).toThrow(`\n  ${name}: `);
  }
});

it('never repeats a wrong value, which may be a secret', () => {
  const read = () => readEnv({ DATABASE_URL: 'hunter2-password', TWILIO_ACCOUNT_SID: 'secret-sid' });
  expect(read).toThrow(InvalidEnvironmentError);
  expect(read).not.toThrow(/hunter2|secret-sid/);
});

it('takes an empty value as not given', () => {
  expect(readEnv({ PORT: '', DATABASE_URL: '', TEMPORAL_ADDRESS: '' })).toEqual(readEnv({}));
});

it('points everything at the embedded parts, on the ports that are given', () => {
  const env = readEnv({
    EMULATORS_PORT: '5001',
    SMTP_PORT: '5002',
    POSTGRES_PORT: '5003',
    TEMPORAL_PORT: '5004',
  });
  expect(env).toMatchObject({
    DATABASE_URL: 'postgres://postgres:postgres@127.0.0.1:5003/switchboard',
    TEMPORAL_ADDRESS: '127.0.0.1:5004',
    RETELL_BASE_URL: 'http://127.0.0.1:5001/retell',
    CALCOM_BASE_URL: 'http://127.0.0.1:5001/calcom/v2',
    TWILIO_BASE_URL: 'http://127.0.0.1:5001/twilio',
    LLM_BASE_URL: 'http://127.0.0.1:5001/openai/v1',
    SMTP_URL: 'smtp://127.0.0.1:5002',
  });
});

it('reads flags and lists', () => {
  const env = readEnv({ TEMPORAL_TLS: '1', RETELL_WEBHOOK_KEYS: ' key_a, key_b ,' });
  expect(env.TEMPORAL_TLS).toBe(true);
  expect(env.RETELL_WEBHOOK_KEYS).toEqual(['key_a', 'key_b']);
});

it('takes no development key and no address of this machine in production', () => {
  const read = () => readEnv({ NODE_ENV: 'production', PORT: '0' });
  expect(read).toThrow('The environment has 14 problem(s)');
  for (const name of [
    'PUBLIC_URL',
    'DATABASE_URL',
    'SWITCHBOARD_MASTER_KEYS',
    'RETELL_API_KEY',
    'TWILIO_AUTH_TOKEN',
  ]) {
    expect(read).toThrow(`\n  ${name}: required in production`);
  }
  expect(read).toThrow('\n  PORT: ');
});

it('calls the real vendors in production unless told otherwise', () => {
  const env = readEnv({
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
    STRIPE_WEBHOOK_SECRETS: 'whsec_one,whsec_two',
    STRIPE_PRICE_IDS: 'price_1',
    SMTP_URL: 'smtps://mail.example',
    LLM_BASE_URL: 'https://models.example/v1',
  });
  expect(env.CALCOM_BASE_URL).toBe('https://api.cal.com/v2');
  expect(env.LLM_BASE_URL).toBe('https://models.example/v1');
  expect(env.STRIPE_BASE_URL).toBe('https://api.stripe.com');
  expect(env.STRIPE_WEBHOOK_SECRETS).toEqual(['whsec_one', 'whsec_two']);
});

it('wants the bucket named when files go to S3', () => {
  expect(() => readEnv({ FILES_DRIVER: 's3' })).toThrow('\n  S3_BUCKET: required with FILES_DRIVER=s3');
  expect(readEnv({ FILES_DRIVER: 's3', S3_BUCKET: 'recordings' }).S3_REGION).toBe('us-east-1');
});
