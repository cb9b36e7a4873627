import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { chmod, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runStep, type Step, stopSteps } from './test-steps.ts';
import { countTests, type Totals } from './test-totals.ts';

/** Everything behind `npm test`. The last line is `N passed, N failed`; a failed check counts as one failure. */

const SOURCES = ['activities', 'api', 'bench', 'cli', 'db', 'integrations', 'platform', 'scripts', 'shared'];
const FOLDERS = [...SOURCES, 'test', 'workers', 'workflows'].filter((folder) => existsSync(folder));

const colours = `--colors=${process.stdout.isTTY ? 'force' : 'off'}`;

const checks: Step[] = [
  {
    title: 'format and lint',
    tool: '@biomejs/biome/bin/biome',
    args: ['ci', colours, '--error-on-warnings', '.'],
  },
  { title: 'types', tool: 'typescript/bin/tsc', args: ['--noEmit', '-p', '.'] },
  {
    title: 'import rules',
    tool: 'dependency-cruiser/bin/dependency-cruise.mjs',
    args: ['--config', '.dependency-cruiser.mjs', ...FOLDERS],
  },
];

// What a test leaves behind, even one that is killed, goes with this folder.
const scratch = mkdtempSync(join(tmpdir(), 'switchboard-test-'));
await chmod(scratch, 0o711);
const report = join(scratch, 'report.json');

const tests: Step = {
  title: 'tests',
  tool: 'vitest/vitest.mjs',
  args: [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  env: { TMPDIR: scratch },
  live: true,
};

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopSteps());
process.on('disconnect', () => stopSteps());
process.channel?.unref();

const outcomes = await Promise.all(checks.map(runStep));
const testsPassed = await runStep(tests);
const totals = await readTotals();
rmSync(scratch, { recursive: true, force: true });

const failed = totals.failed + outcomes.filter((passed) => !passed).length;
process.stdout.write(`${totals.passed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);

async function readTotals(): Promise<Totals> {
  const text = await readFile(report, 'utf8').catch(() => null);
  return countTests(text === null ? null : JSON.parse(text), testsPassed);
}
