import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { openReview } from '../../db/reviews.ts';
import { readEnv } from '../../platform/env.ts';
import { createTemporalClient } from '../../platform/temporal.ts';
import { startTestApi, type TestApi } from './support.ts';

const client = (address: string) => createTemporalClient(readEnv({ TEMPORAL_ADDRESS: address }));

let api: TestApi;
let cut: TestApi;

beforeAll(async () => {
  api = await startTestApi({ temporal: await client(inject('temporalAddress')) });
  cut = await startTestApi({ temporal: await client('127.0.0.1:1') });
});
afterAll(async () => {
  await Promise.all([api.close(), cut.close()]);
  await Promise.all([api.deps.temporal.connection.close(), cut.deps.temporal.connection.close()]);
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
