import { TestWorkflowEnvironment } from '@temporalio/testing';
import { inject } from 'vitest';
import { searchAttributes } from '../../platform/temporal.ts';
import { binaries, findBinary } from '../../scripts/temporal-binary.mjs';
import './quiet-runtime.ts';

/** The run's dev server, shared by all files: use a task queue and workflow ids of your own. */
export function connectTemporal(): Promise<TestWorkflowEnvironment> {
  return TestWorkflowEnvironment.createFromExistingServer({ address: inject('temporalAddress') });
}

/** A server of one's own whose clock jumps over waits. Tests on it run one after the other. */
export function createTimeSkipping(): Promise<TestWorkflowEnvironment> {
  return TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: inject('temporalTestServer') } },
  });
}

/**
 * A server of one's own that suggests to continue as new after so many events of a history: in thousands of them, as
 * ordinary servers do, only time would bring it about.
 */
export async function createShortHistories(events: number): Promise<TestWorkflowEnvironment> {
  const path = await findBinary(binaries.cli, { say: () => {} });
  return TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path },
      searchAttributes: Object.values(searchAttributes),
      extraArgs: ['--dynamic-config-value', `limit.historyCount.suggestContinueAsNew=${events}`],
    },
  });
}
