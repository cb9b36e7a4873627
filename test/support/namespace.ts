import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';

const DAY_SEC = 86_400;

/** A namespace of one's own on the shared server: queues and schedules may bear their real names there. */
export async function createNamespace({ connection }: Client): Promise<string> {
  const namespace = `test-${randomUUID()}`;
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: DAY_SEC as never },
  });
  return namespace;
}
