import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** One forbidden import: file, what it contains, the rule that must name it. */
const forbidden: [rule: string, file: string, code: string][] = [
  ['shared-stands-alone', 'shared/a.ts', `import '../db/rows.ts';`],
  ['shared-packages', 'shared/b.ts', `import 'pino';`],
  ['sandbox-has-no-node', 'shared/c.ts', `import 'node:fs';`],
  ['integration-knows-only-its-vendor', 'integrations/calcom/a.ts', `import '../retell/webhook.ts';`],
  [
    'integrations-know-no-layer',
    'integrations/calcom/b.ts',
    `import type { Deps } from '../../platform/deps.ts';`,
  ],
  ['sql-in-db', 'integrations/calcom/c.ts', `import 'kysely';`],
  [
    'workflows-import-activities-as-types',
    'workflows/desk/call/a.ts',
    `import '../../../activities/desk/call/index.ts';`,
  ],
  ['workflows-know-no-layer', 'workflows/desk/call/b.ts', `import type { Row } from '../../../db/rows.ts';`],
  ['workflow-packages', 'workflows/desk/call/c.ts', `import 'zod';`],
  ['workflow-packages', 'workflows/desk/call/d.ts', `import '@temporalio/client';`],
  ['sandbox-has-no-node', 'workflows/desk/call/e.ts', `import 'node:crypto';`],
  ['chain-uses-only-the-face-of-another', 'workflows/desk/call/f.ts', `import '../booking/steps.ts';`],
  ['workflow-lib-knows-no-chain', 'workflows/lib/a.ts', `import '../desk/booking/contract.ts';`],
  ['activities-stay-in-their-chain', 'activities/desk/call/a.ts', `import '../booking/index.ts';`],
  [
    'activities-know-contracts-as-types',
    'activities/desk/call/b.ts',
    `import '../../../workflows/desk/booking/contract.ts';`,
  ],
  [
    'activities-know-only-contracts',
    'activities/desk/call/c.ts',
    `import type { Step } from '../../../workflows/desk/booking/steps.ts';`,
  ],
  ['activities-get-parts-through-deps', 'activities/desk/call/d.ts', `import '../../../platform/deps.ts';`],
  [
    'activities-get-parts-through-deps',
    'activities/desk/call/e.ts',
    `import { a } from '../../../integrations/retell/webhook.ts'; a;`,
  ],
  ['activities-know-no-process', 'activities/desk/call/f.ts', `import '../../../api/hello.ts';`],
  ['workers-load-workflows-as-bundle', 'workers/a.ts', `import '../workflows/desk/booking/workflow.ts';`],
  ['workers-know-only-the-bundler', 'workers/b.ts', `import '../scripts/other.ts';`],
  ['workers-know-only-the-hand-over', 'workers/c.ts', `import '../api/hello.ts';`],
  ['api-knows-only-contracts', 'api/a.ts', `import '../workflows/desk/booking/workflow.ts';`],
  ['api-knows-webhooks-of-vendors', 'api/b.ts', `import '../integrations/calcom/client.ts';`],
  ['api-runs-no-activity', 'api/c.ts', `import type { A } from '../activities/desk/call/index.ts';`],
  ['native-worker-in-workers', 'api/d.ts', `import '@temporalio/worker';`],
  ['only-deps-knows-integrations', 'platform/a.ts', `import '../integrations/calcom/client.ts';`],
  ['platform-knows-activities-as-types', 'platform/b.ts', `import '../activities/desk/call/index.ts';`],
  ['platform-knows-no-process', 'db/a.ts', `import '../workers/a.ts';`],
  ['express-in-api', 'platform/c.ts', `import 'express';`],
  ['vendor-sdk-in-integrations', 'activities/desk/booking/a.ts', `import 'twilio';`],
  ['vendor-sdk-in-integrations', 'scripts/a.ts', `import 'openai';`],
  ['hono-in-emulators', 'integrations/calcom/d.ts', `import 'hono';`],
  ['emulators-stay-outside', 'platform/d.ts', `import '../integrations/calcom/emulator.ts';`],
  ['production-needs-no-dev-package', 'db/b.ts', `import 'fast-check';`],
  ['no-cycles', 'db/left.ts', `import './right.ts';`],
  ['no-broken-import', 'db/c.ts', `import './not-there.ts';`],
  ['no-orphans', 'platform/orphan.ts', 'export const alone = 1;'],
];

/** Files that the others import, and imports that are allowed. */
const allowed: Record<string, string> = {
  'db/rows.ts': `import 'kysely'; import 'pg';`,
  'db/right.ts': `import './left.ts';`,
  'shared/kit.ts': `import type { Hono } from 'hono'; import '@temporalio/common'; export type A = Hono;`,
  'integrations/http.ts': `import '../shared/kit.ts';`,
  'integrations/retell/webhook.ts': `import 'zod'; import '../http.ts'; export const a = 1;`,
  'integrations/calcom/client.ts': `import './part.ts'; import 'nodemailer';`,
  'integrations/calcom/part.ts': `import '../../shared/kit.ts';`,
  'integrations/calcom/emulator.ts': `import 'hono'; import '../../shared/kit.ts';`,
  'scripts/emulators/host.ts': `import 'hono'; import '../../integrations/calcom/emulator.ts';`,
  'scripts/bundle.ts': `import '@temporalio/worker';`,
  'scripts/other.ts': `import '../db/rows.ts';`,
  'workflows/desk/booking/contract.ts': `import '@temporalio/workflow'; import '../../../shared/kit.ts';`,
  'workflows/desk/booking/steps.ts': `import type { A } from '../../../activities/desk/booking/index.ts'; export type S = A;`,
  'workflows/desk/booking/workflow.ts': `import './steps.ts'; import '../../lib/effects.ts';`,
  'workflows/desk/call/workflow.ts': `import '../booking/workflow.ts'; import '../booking/contract.ts';`,
  'workflows/lib/effects.ts': `import '@temporalio/workflow';`,
  'activities/desk/booking/index.ts': `import type { Deps } from '../../../platform/deps.ts'; import '../../../db/rows.ts';
    import type { I } from '../../../workflows/desk/booking/contract.ts'; export type A = [Deps, I];`,
  'activities/desk/call/index.ts': `import '../../../shared/kit.ts'; import '@temporalio/activity';`,
  'platform/deps.ts': `import '../integrations/calcom/client.ts'; import '../db/rows.ts';`,
  'workers/run.ts': `import '../scripts/bundle.ts'; import '../activities/desk/call/index.ts'; import '../platform/deps.ts';`,
  'workers/start-sweeper.ts': `import '../api/webhooks/hand-over.ts';`,
  'api/webhooks/hand-over.ts': `import '../../workflows/desk/booking/contract.ts';`,
  'api/hello.ts': `import 'express'; import '../workflows/desk/booking/contract.ts'; import '../integrations/retell/webhook.ts';`,
};

interface Violation {
  from: string;
  to: string;
  rule: { name: string };
}

describe('the import rules', () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-imports-'));
  const found = new Map<string, string[]>();

  beforeAll(() => {
    const files = { ...allowed, ...Object.fromEntries(forbidden.map(([, file, code]) => [file, code])) };
    for (const [file, code] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), `${code}\n`);
    }
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    copyFileSync('package.json', join(folder, 'package.json'));
    const folders = [...new Set(Object.keys(files).map((file) => file.split('/')[0] as string))];
    const run = spawnSync(
      process.execPath,
      [
        resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
        ...['--config', resolve('.dependency-cruiser.mjs'), '--output-type', 'json', ...folders],
      ],
      { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
    );
    const report = JSON.parse(run.stdout) as { summary: { violations: Violation[] } };
    for (const { from, rule } of report.summary.violations) {
      found.set(from, [...(found.get(from) ?? []), rule.name]);
    }
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(forbidden)('%s stops %s', (rule, file) => {
    expect(found.get(file)).toContain(rule);
  });

  it('lets every allowed import through', () => {
    // The other half of the cycle is found from both of its ends.
    const wrong = Object.keys(allowed).filter((file) => file !== 'db/right.ts' && found.has(file));
    expect(wrong.map((file) => [file, found.get(file)])).toEqual([]);
  });

  it('has a fixture for every rule', async () => {
    const { default: config } = (await import(resolve('.dependency-cruiser.mjs'))) as {
      default: { forbidden: { name: string }[] };
    };
    const tested = new Set(forbidden.map(([rule]) => rule));
    expect(config.forbidden.map(({ name }) => name).filter((name) => !tested.has(name))).toEqual([
      'declared-packages',
    ]);
  });
});
