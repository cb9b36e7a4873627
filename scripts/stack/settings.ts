import { resolve } from 'node:path';
import { type Env, inheritEnv, readEnv } from '../../platform/env.ts';
import { freePorts, type Ports, type PortVariable, portVariables } from './ports.ts';
import { postgresUrl } from './postgres.ts';

/** A part of the stack that can be started on its own. `app` is the API with the worker in one process. */
export type Part = 'postgres' | 'temporal' | 'emulators' | 'app';

export interface StackSettings {
  ports: Ports;
  /** Absolute. */
  dataDir: string;
  /** Parts that run here; one that the settings point elsewhere (DATABASE_URL, TEMPORAL_ADDRESS) does not. */
  parts: Set<Part>;
  /** What children get on top of this process's environment. */
  variables: Record<string, string>;
  env: Env;
}

const portsOfPart: Record<Part, PortVariable[]> = {
  postgres: ['POSTGRES_PORT'],
  temporal: ['TEMPORAL_PORT', 'TEMPORAL_UI_PORT'],
  emulators: ['EMULATORS_PORT', 'SMTP_PORT'],
  app: ['PORT'],
};

/**
 * The stack as the environment asks for it. A PostgreSQL or Temporal elsewhere is used instead of our own,
 * and vendor addresses of the user win over the emulators.
 */
export function settingsFromEnv(wanted: Part[], dataDir?: string): StackSettings {
  const env = readEnv();
  const ports = Object.fromEntries(portVariables.map((variable) => [variable, env[variable]])) as Ports;
  const parts = new Set(wanted);
  if (env.DATABASE_URL !== postgresUrl(env.POSTGRES_PORT, 'switchboard')) parts.delete('postgres');
  if (env.TEMPORAL_ADDRESS !== `127.0.0.1:${env.TEMPORAL_PORT}`) parts.delete('temporal');
  const folder = resolve(dataDir ?? env.SWITCHBOARD_DATA_DIR);
  return build(ports, parts, folder, { PUBLIC_URL: publicUrl(env) });
}

/** A stack beside all others: free ports, its own data folder, and nothing but the emulators to call. */
export async function isolatedSettings(wanted: Part[], dataDir: string): Promise<StackSettings> {
  const ports = await freePorts();
  const emulators = `http://127.0.0.1:${ports.EMULATORS_PORT}`;
  return build(ports, new Set(wanted), resolve(dataDir), {
    HOST: '127.0.0.1',
    PUBLIC_URL: `http://127.0.0.1:${ports.PORT}`,
    DATABASE_URL: postgresUrl(ports.POSTGRES_PORT, 'switchboard'),
    TEMPORAL_ADDRESS: `127.0.0.1:${ports.TEMPORAL_PORT}`,
    TEMPORAL_NAMESPACE: 'default',
    TEMPORAL_TLS: 'false',
    TEMPORAL_API_KEY: '',
    RETELL_BASE_URL: `${emulators}/retell`,
    CALCOM_BASE_URL: `${emulators}/calcom/v2`,
    TWILIO_BASE_URL: `${emulators}/twilio`,
    LLM_BASE_URL: `${emulators}/openai/v1`,
    STRIPE_BASE_URL: `${emulators}/stripe`,
    SMTP_URL: `smtp://127.0.0.1:${ports.SMTP_PORT}`,
  });
}

/** The ports that must be free for these parts. */
export function portsOf(settings: StackSettings): Partial<Ports> {
  const variables = [...settings.parts].flatMap((part) => portsOfPart[part]);
  return Object.fromEntries(variables.map((variable) => [variable, settings.ports[variable]]));
}

function build(
  ports: Ports,
  parts: Set<Part>,
  dataDir: string,
  addresses: Record<string, string>,
): StackSettings {
  const numbers = Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)]));
  const variables = { ...numbers, ...addresses, SWITCHBOARD_DATA_DIR: dataDir };
  return { ports, dataDir, parts, variables, env: readEnv(inheritEnv(variables)) };
}

/** The default follows the port. */
function publicUrl(env: Env): string {
  return env.PUBLIC_URL === 'http://localhost:3000' ? `http://localhost:${env.PORT}` : env.PUBLIC_URL;
}
