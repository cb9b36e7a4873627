import { readFileSync } from 'node:fs';

/** Names of all settings, as they stand in the schema of `platform/settings/schema.ts`. */
export function settingNames(): string[] {
  const source = readFileSync('platform/settings/schema.ts', 'utf8');
  const schema = source.slice(source.indexOf('const schema = z.object({'), source.indexOf('type Settings'));
  return [...schema.matchAll(/^ {2}([A-Z][A-Z0-9_]+):/gm)].map(([, name]) => name as string);
}
