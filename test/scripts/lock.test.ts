import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type Lock, missingPlatforms } from '../../scripts/complete-lock.mjs';

it('is complete: `npm ci` accepts it on every platform', () => {
  const lock: Lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  expect(Object.keys(missingPlatforms(lock)), 'run `node scripts/complete-lock.mjs`').toEqual([]);
});

it('gets back what a partial registry left out', () => {
  const optionalDependencies = {
    '@a/darwin-arm64': '1.2.3',
    '@a/linux-x64-musl': '1.2.3',
    there: '1.0.0',
    range: '^1',
  };
  const lock: Lock = {
    packages: {
      '': {},
      'node_modules/a': { version: '1.2.3', dev: true, engines: { node: '>=20' }, optionalDependencies },
      'node_modules/there': { version: '1.0.0' },
    },
  };
  const shared = { version: '1.2.3', dev: true, optional: true, engines: { node: '>=20' } };
  expect(missingPlatforms(lock)).toEqual({
    'node_modules/@a/darwin-arm64': { ...shared, cpu: ['arm64'], os: ['darwin'] },
    'node_modules/@a/linux-x64-musl': { ...shared, cpu: ['x64'], os: ['linux'], libc: ['musl'] },
  });
});
