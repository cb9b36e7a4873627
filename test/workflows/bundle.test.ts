import { readFileSync } from 'node:fs';
import { expect, inject, it } from 'vitest';

it('has nothing but the SDK beside our own files: every run evaluates all of it at its start', () => {
  const bundle = readFileSync(inject('workflowBundle'), 'utf8');
  const packages = [...bundle.matchAll(/^\/\*{3}\/ "\.\/node_modules\/((?:@[^/"]+\/)?[^/"]+)/gm)].map(
    ([, name]) => name,
  );
  expect([...new Set(packages)].sort()).toEqual([
    '@temporalio/common',
    '@temporalio/workflow',
    'long',
    'ms',
    'nexus-rpc',
  ]);
});
