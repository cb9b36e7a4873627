import type { StackSettings } from './settings.ts';

/** Where to look, one line per page, for the end of a start. */
export function describeAddresses({ env, ports, parts }: StackSettings): string {
  const emulators = `http://localhost:${ports.EMULATORS_PORT}`;
  const rows: [string, string][] = [];
  if (parts.has('app')) rows.push(['API', env.PUBLIC_URL], ['API docs', `${env.PUBLIC_URL}/docs`]);
  if (parts.has('temporal')) rows.push(['Temporal UI', `http://localhost:${ports.TEMPORAL_UI_PORT}`]);
  if (parts.has('emulators')) rows.push(['inbox', `${emulators}/mail`], ['emulators', emulators]);
  if (parts.has('postgres')) rows.push(['PostgreSQL', env.DATABASE_URL]);
  return rows.map(([name, address]) => `  ${name.padEnd(12)} ${address}`).join('\n');
}
