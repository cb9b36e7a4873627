/** The part of vitest's JSON report that counts. */
export interface Report {
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

export interface Totals {
  passed: number;
  failed: number;
}

/**
 * Counts a run so that nothing that went wrong is missed: a file that could not be loaded, an error outside of
 * all tests (`succeeded` false with no failed test), a missing report and a run without tests are one failure each.
 */
export function countTests(report: Report | null, succeeded: boolean): Totals {
  const files = report?.testResults ?? [];
  const statuses = files.flatMap((file) => file.assertionResults.map((test) => test.status));
  const passed = statuses.filter((status) => status === 'passed').length;
  const failedTests = statuses.filter((status) => status === 'failed').length;
  const brokenFiles = files.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const failed = failedTests + brokenFiles;
  const missed = failed === 0 && (!succeeded || passed === 0);
  return { passed, failed: missed ? 1 : failed };
}
