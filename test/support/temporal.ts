import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { inject } from 'vitest';

// Before any connection: the SDK's lines below this level are noise in a test report.
Runtime.install({ logger: new DefaultLogger('ERROR') });

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
