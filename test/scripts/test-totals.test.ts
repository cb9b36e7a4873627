import { expect, it } from 'vitest';
import { countTests } from '../../scripts/test-totals.ts';

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((test) => ({ status: test })),
});

it.each([
  ['all pass', [file('passed', 'passed', 'passed')], true, { passed: 2, failed: 0 }],
  [
    'skipped tests count as nothing',
    [file('passed', 'passed', 'skipped', 'todo')],
    true,
    { passed: 1, failed: 0 },
  ],
  ['a failing test', [file('failed', 'passed', 'failed')], false, { passed: 1, failed: 1 }],
  [
    'a file that cannot be loaded',
    [file('failed'), file('passed', 'passed')],
    false,
    { passed: 1, failed: 1 },
  ],
  ['an error outside of all tests', [file('passed', 'passed')], false, { passed: 1, failed: 1 }],
  ['no test at all', [], true, { passed: 0, failed: 1 }],
  ['only skipped tests', [file('passed', 'skipped')], true, { passed: 0, failed: 1 }],
])('%s', (_title, testResults, succeeded, totals) => {
  expect(countTests({ testResults }, succeeded)).toEqual(totals);
});

it('counts a missing report as a failure', () => {
  expect(countTests(null, true)).toEqual({ passed: 0, failed: 1 });
});
