import { TestWorkflowEnvironment } from '@temporalio/testing';
import { inject } from 'vitest';
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
