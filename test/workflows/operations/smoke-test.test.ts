import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { saveChecks } from '../../../db/health.ts';
import type { Deps } from '../../../platform/deps.ts';
import { queueCheck } from '../../../shared/health.ts';
import { taskQueues } from '../../../shared/task-queues.ts';
import { registry } from '../../../workers/registry.ts';
import type { SmokeTestResult } from '../../../workflows/operations/smoke-test/contract.ts';
import { type OperationsBed, openOperationsBed } from '../../support/operations.ts';
import { recordHistory } from '../../support/stories.ts';
import { connectTemporal } from '../../support/temporal.ts';

const others = Object.values(taskQueues).filter((queue) => queue !== taskQueues.operations);
const last = others.at(-1) as string;

let env: TestWorkflowEnvironment;
let bed: OperationsBed;

beforeAll(async () => {
  env = await connectTemporal();
  bed = await openOperationsBed(env);
});
afterAll(async () => {
  await bed?.close();
  await env?.teardown();
});

const statuses = async () =>
  Object.fromEntries(
    (await bed.deps.db.selectFrom('health_checks').select(['name', 'status']).execute()).map(
      ({ name, status }) => [name, status],
    ),
  );

it('is something that every worker can take part in', () => {
  for (const { activities } of Object.values(registry)) {
    expect(activities({ env: {} } as Deps)).toHaveProperty('crossQueue');
  }
});

it('tells of the queue that it did not come through, and of no other', async () => {
  await Promise.all(others.slice(0, -1).map((queue) => bed.serve(queue)));
  // A queue that nobody serves says the same after half a minute.
  const broken = await bed.serve(last, { crossQueue: () => Promise.reject(new Error('broken')) });
  const { workflowId, result } = await bed.run<SmokeTestResult>('smokeTest');
  expect(result).toEqual({ status: 'stalled', stalled: [last] });
  await recordHistory(bed, workflowId, 'smoke-test-stalled');
  expect(await bed.standing()).toEqual([`queue-stalled ${last}`]);
  await broken.close();
});

it('keeps its alert when the heartbeat finds the same queue well', async () => {
  await bed.deps.db
    .transaction()
    .execute((trx) =>
      saveChecks(trx, 'heartbeat', [
        { name: queueCheck(last), ok: true, patience: 1, latencyMs: 1, detail: {} },
      ]),
    );
  expect(await bed.standing()).toEqual([`queue-stalled ${last}`]);
});

it('clears the alert when it comes through again', async () => {
  await bed.serve(last);
  const { workflowId, result } = await bed.run<SmokeTestResult>('smokeTest');
  expect(result).toEqual({ status: 'crossed', stalled: [] });
  await recordHistory(bed, workflowId, 'smoke-test-crossed');
  expect(await bed.standing()).toEqual([]);
  expect(await statuses()).toEqual({
    ...Object.fromEntries(Object.values(taskQueues).map((queue) => [`crossing/${queue}`, 'up'])),
    [queueCheck(last)]: 'up',
  });
});
