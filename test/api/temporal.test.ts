import { randomUUID } from 'node:crypto';
import { temporal as protocol } from '@temporalio/proto';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createChainHandOver } from '../../api/webhooks/hand-over.ts';
import type { InboxEvent } from '../../db/inbox.ts';
import { openReview } from '../../db/reviews.ts';
import { readEnv } from '../../platform/env.ts';
import {
  createTemporalClient,
  createWorkflowStarter,
  type WorkflowStarter,
} from '../../platform/temporal.ts';
import { callWorkflowId } from '../../shared/ids.ts';
import { startTestApi, type TestApi } from './support.ts';

const { EventType } = protocol.api.enums.v1;
const client = (address: string) => createTemporalClient(readEnv({ TEMPORAL_ADDRESS: address }));

let api: TestApi;
let cut: TestApi;

beforeAll(async () => {
  api = await startTestApi({ temporal: await client(inject('temporalAddress')) });
  cut = await startTestApi({ temporal: await client('127.0.0.1:1') });
});
afterAll(async () => {
  await Promise.all([api.close(), cut.close()]);
  // Not the other: a retry of its question may be waiting, and on a closed channel it throws from its timer.
  await api.deps.temporal.connection.close();
});

it('is ready with a server that answers, and within 2 s not ready without', async () => {
  expect((await api.get('/readyz')).status).toBe(200);
  const startedAt = performance.now();
  const answer = await cut.get('/readyz');
  expect(performance.now() - startedAt).toBeLessThan(3_000);
  expect([answer.status, answer.body.detail]).toEqual([503, 'Not reachable: temporal.']);
});

it('tells that the workflow of a review is gone', async () => {
  const id = randomUUID();
  const review = {
    id,
    companyId: null,
    kind: 'unroutable-call',
    entity: 'call/1',
    question: {},
    dueAt: null,
  } as const;
  await openReview(api.db, { ...review, workflowId: `call/retell/${id}` });
  const answer = await api.post(`/api/reviews/${id}/answer`, { action: 'dismiss' }, api.operatorKey);
  expect([answer.status, answer.body.code]).toEqual([409, 'workflow-ended']);
});

it('has one run of an event that two processes hand over at once', async () => {
  const { temporal, inbox } = api.deps;
  // A queue that no worker serves: the run stays open.
  const taskQueue = `nobody-${randomUUID()}`;
  const real = createWorkflowStarter(temporal);
  const starter: WorkflowStarter = {
    start: (start) => real.start({ ...start, taskQueue }),
    startOrSignal: (start, signal) => real.startOrSignal({ ...start, taskQueue }, signal),
    signal: real.signal,
  };
  const entity = callWorkflowId('retell', randomUUID());
  const incoming = { source: 'retell', eventType: 'call_ended', entity, companyId: null };
  const ids = { requestId: 'test', traceParent: null };
  const { id } = await inbox.accept({ ...incoming, ...ids, eventKey: entity, body: Buffer.from('{}') });
  const event: InboxEvent = { ...incoming, ...ids, id };

  const processes = [1, 2].map(() => createChainHandOver({ ...api.deps, starter }));
  await Promise.all(processes.map((each) => each.handOver([event])));
  await Promise.all(processes.map((each) => each.close()));

  const run = temporal.workflow.getHandle(entity);
  const { events } = await run.fetchHistory();
  const types = (events ?? []).map(({ eventType }) => eventType);
  const { EVENT_TYPE_WORKFLOW_EXECUTION_STARTED, EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED } = EventType;
  expect(types.filter((type) => type === EVENT_TYPE_WORKFLOW_EXECUTION_STARTED)).toHaveLength(1);
  expect(types.filter((type) => type === EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)).toHaveLength(1);
  const row = await api.db
    .selectFrom('inbox_events')
    .select(['status', 'attempts'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  expect(row).toEqual({ status: 'done', attempts: 1 });
  await run.terminate();
});
