import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const dockerfile = readFileSync('Dockerfile', 'utf8')
  .replaceAll(/^\s*#.*\n/gm, '')
  .replaceAll(/\\\n\s*/g, '');
const stages = dockerfile.split(/^(?=FROM )/m).filter((stage) => stage.startsWith('FROM'));
const image = stages.at(-1) as string;

/** Sources that a stage copies out of the repository. */
const copied = (stage: string) =>
  [...stage.matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap(([, line]) =>
    (line as string).split(' ').slice(0, -1),
  );

const ignoreRules = readFileSync('.dockerignore', 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

/** Whether Docker hides the file from a build: the last rule that matches it, or a folder above it, decides. */
function isIgnored(path: string): boolean {
  const above = path.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'));
  let ignored = false;
  for (const rule of ignoreRules) {
    const pattern = new RegExp(`^${rule.replace(/^!/, '').replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`);
    if (above.some((part) => pattern.test(part))) ignored = !rule.startsWith('!');
  }
  return ignored;
}

/** All files of the repository that an entry loads at run time. */
function loadedBy(entry: string, seen = new Set<string>()): Set<string> {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  const code = readFileSync(entry, 'utf8');
  const loads =
    /^(?:import\s(?!type\b)(?:[^;'"]*?\sfrom\s)?|export\s[*{][^;'"]*?\sfrom\s)['"](\.[^'"]+)['"]/gm;
  for (const [, path] of code.matchAll(loads)) {
    loadedBy(normalize(join(dirname(entry), path as string)), seen);
  }
  return seen;
}

describe('the image', () => {
  const entries = [
    'api/main.ts',
    'workers/run.ts',
    // Loaded by run.ts once it listens for signals.
    'workers/worker-process.ts',
    'scripts/migrate.ts',
    'scripts/api-key.ts',
    'scripts/schedules.ts',
    'docker/worker-health.ts',
  ];

  it.each(entries)('has everything that %s loads', (entry) => {
    const files = [...loadedBy(entry)];
    const present = copied(image);
    const missing = files.filter(
      (file) => !present.some((path) => file === path || file.startsWith(`${path}/`)),
    );
    expect(missing).toEqual([]);
    expect(files.filter(isIgnored)).toEqual([]);
  });

  it('copies only what exists and is not ignored', () => {
    const sources = stages.flatMap(copied);
    expect(sources.length).toBeGreaterThan(10);
    expect(sources.filter((path) => !existsSync(path) || isIgnored(path))).toEqual([]);
  });

  it('builds the workflow bundle from the same sources as it runs', () => {
    const [build] = stages as [string];
    expect(build).toContain('RUN node scripts/bundle.ts');
    // The bundle is found by the digest of these.
    for (const source of ['workflows', 'shared', 'package-lock.json']) {
      expect(copied(build)).toContain(source);
      expect(copied(image)).toContain(source);
    }
  });

  it('keeps secrets, data and emulators out', () => {
    for (const path of [
      '.env',
      '.switchboard/master-keys',
      'test/api/http.test.ts',
      'node_modules/pg/index.js',
    ]) {
      expect(isIgnored(path), path).toBe(true);
    }
    expect(isIgnored('integrations/calcom/emulator/slots.ts')).toBe(true);
    expect(isIgnored('integrations/calcom/emulator.ts')).toBe(true);
    expect(isIgnored('integrations/calcom/client.ts')).toBe(false);
  });

  it('runs as an ordinary user, on a pinned Node 24, and gets SIGTERM itself', () => {
    for (const stage of stages) expect(stage).toMatch(/^FROM node:24\.\d+-[a-z]+-slim\b/);
    expect(image).toMatch(/^USER node$/m);
    expect(image.indexOf('USER node')).toBeLessThan(image.indexOf('\nCMD'));
    expect(image).toMatch(/^CMD \["node", .*"api\/main\.ts"\]$/m);
    expect(image).toMatch(/^STOPSIGNAL SIGTERM$/m);
    expect(image).toMatch(/^HEALTHCHECK .*\/healthz/m);
    expect(dockerfile).toContain('npm ci --omit=dev');
  });
});
