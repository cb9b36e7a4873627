import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createRunActivities } from '../../activities/operations/run/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { readEnv } from '../../platform/env.ts';
import { applySchedules, foreignSchedules, scheduleSettings } from '../../platform/schedules.ts';
import { createTemporalClient } from '../../platform/temporal.ts';
import { taskQueues } from '../../shared/task-queues.ts';
import { scheduleDefinitions } from '../../workflows/schedules.ts';
import { createNamespace } from '../support/namespace.ts';
import { connectTemporal } from '../support/temporal.ts';
import { eventually } from '../support/test-bed.ts';
import { type Answer, addCompany, startTestApi, type TestApi } from './support.ts';

const ID = 'call-sweep';
const NOW = new Date('2026-03-02T09:00:00Z');

let api: TestApi;
let temporal: Client;
let companyKey: string;
let server: TestWorkflowEnvironment;
let worker: Worker;
let running: Promise<void>;
/** What the sweep's only question to the database answers. */
let sweep: () => Promise<object> = async () => ({ claimed: 0, days: [], more: false });

const env = (namespace: string) =>
  readEnv({ TEMPORAL_ADDRESS: inject('temporalAddress'), TEMPORAL_NAMESPACE: namespace, NODE_ENV: 'test' });
const apply = () =>
  applySchedules(
    temporal,
    scheduleDefinitions,
    scheduleSettings({ ...readEnv({}), DAILY_CALLS_SWEEP_INTERVAL_MS: 60_000 }),
  );
const post = (act: string, body: object = {}, key = api.operatorKey): Promise<Answer> =>
  api.post(`/api/schedules/${ID}/${act}`, body, key);
const show = async (): Promise<Answer['body']> =>
  (await api.get(`/api/schedules/${ID}`, api.operatorKey)).body;
const audited = () =>
  api.db
    .selectFrom('audit_log')
    .select(['actor', 'action', 'detail'])
    .where('entity', '=', `schedule/${ID}`)
    .orderBy('id', 'desc')
    .executeTakeFirst();

beforeAll(async () => {
  server = await connectTemporal();
  const namespace = await createNamespace(server.client);
  temporal = await createTemporalClient(env(namespace));
  api = await startTestApi({ temporal, env: { ...env(namespace) }, clock: () => NOW });
  companyKey = (await addCompany(api.db, 'linde')).key;
  worker = await Worker.create({
    connection: server.nativeConnection,
    namespace,
    taskQueue: taskQueues.dailyCalls,
    workflowBundle: { codePath: inject('workflowBundle') },
    activities: {
      ...createRunActivities({ db: api.db } as Deps),
      claimDueDays: () => sweep(),
      markHandedOver: async () => {},
    },
    shutdownForceTime: '5s',
  });
  running = worker.run();
});
afterAll(async () => {
  worker.shutdown();
  await running;
  await server.teardown();
  await temporal.connection.close();
  await api.close();
});

describe('before a deployment has applied them', () => {
  it('are listed as not applied, and refuse what would need Temporal', async () => {
    const { body } = await api.get('/api/schedules', api.operatorKey);
    expect(body.items).toHaveLength(scheduleDefinitions.length);
    expect(body.items).toContainEqual(expect.objectContaining({ id: ID, applied: false, recentRuns: [] }));
    const refused = await post('trigger');
    expect([refused.status, refused.body.code]).toEqual([409, 'not-applied']);
    expect(refused.body.detail).toContain('npm run schedules');
  });

  it('are for operators, and known by name', async () => {
    for (const answer of [
      await api.get('/api/schedules', companyKey),
      await post('pause', { reason: 'mine' }, companyKey),
      await post('backfill', { from: NOW.toISOString(), to: NOW.toISOString() }, companyKey),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([403, 'operators-only']);
    }
    const unknown = await api.post('/api/schedules/none/trigger', {}, api.operatorKey);
    expect([unknown.status, unknown.body.code]).toEqual([404, 'not-found']);
  });
});

describe('two deployments at once', () => {
  it('both succeed, and each schedule is there once', async () => {
    const namespace = await createNamespace(server.client);
    const client = await createTemporalClient(env(namespace));
    const deploy = () => applySchedules(client, scheduleDefinitions, scheduleSettings(readEnv({})));
    try {
      const both = await Promise.all([deploy(), deploy()]);
      expect(both.flat()).toHaveLength(2 * scheduleDefinitions.length);
      expect(both.flat().filter(({ change }) => change === 'created')).toHaveLength(
        scheduleDefinitions.length,
      );
    } finally {
      await client.connection.close();
    }
  });
});

describe('a schedule that the code does not know any more', () => {
  it('is named to whoever deploys, and left alone', async () => {
    const namespace = await createNamespace(server.client);
    const client = await createTemporalClient(env(namespace));
    try {
      const action = {
        type: 'startWorkflow' as const,
        workflowType: 'former',
        taskQueue: 'former',
        args: [],
      };
      const spec = { intervals: [{ every: '1 day' as const }] };
      const handle = await client.schedule.create({ scheduleId: 'former-sweep', spec, action });
      await applySchedules(client, scheduleDefinitions, scheduleSettings(readEnv({})));
      // The server's list lags behind.
      await eventually('the list', async () => {
        const ids: string[] = [];
        for await (const { scheduleId } of client.schedule.list()) ids.push(scheduleId);
        return ids.length === scheduleDefinitions.length + 1 ? true : undefined;
      });
      expect(await foreignSchedules(client, scheduleDefinitions)).toEqual(['former-sweep']);
      expect((await handle.describe()).state.paused).toBe(false);
    } finally {
      await client.connection.close();
    }
  });
});

describe('applied', () => {
  beforeAll(async () => {
    expect(await apply()).toContainEqual({ id: ID, change: 'created', paused: false });
  });

  it('keep a pause with its reason over the next deployment, and tell who paused', async () => {
    const paused = await post('pause', { reason: 'line is being moved' });
    expect(paused.body).toMatchObject({
      applied: true,
      paused: true,
      pauseReason: 'line is being moved',
      nextRuns: [],
    });
    expect(await audited()).toEqual({
      actor: 'operator',
      action: 'schedule.pause',
      detail: { reason: 'line is being moved' },
    });
    expect(await apply()).toContainEqual({ id: ID, change: 'updated', paused: true });
    expect(await show()).toMatchObject({ paused: true, pauseReason: 'line is being moved' });
    expect((await post('pause', {})).body.errors).toMatchObject([{ path: 'reason' }]);
  });

  it('run when triggered, also while paused, and show how it ended', async () => {
    const answer = await post('trigger');
    expect(answer.status).toBe(202);
    const { recentRuns } = await eventually('the run to end', async () => {
      const body = await show();
      return body.recentRuns[0]?.outcome === 'completed' ? body : undefined;
    });
    expect(recentRuns[0]).toMatchObject({ workflowId: expect.stringMatching(/^call-sweep-20/) });
    expect(Date.parse(recentRuns[0].endedAt)).toBeGreaterThanOrEqual(Date.parse(recentRuns[0].startedAt));
  });

  it('refuse a trigger while a run is under way', async () => {
    let end = () => {};
    const held = new Promise<void>((resolve) => {
      end = resolve;
    });
    sweep = () => held.then(() => ({ claimed: 0, days: [], more: false }));
    await post('trigger');
    await eventually('the run to begin', async () => ((await show()).running.length > 0 ? true : undefined));
    const second = await post('trigger');
    expect([second.status, second.body.code]).toEqual([409, 'already-running']);
    end();
    await eventually('the run to end', async () => ((await show()).running.length === 0 ? true : undefined));
  });

  it('show the last failure where failures are kept', async () => {
    sweep = () => Promise.reject(ApplicationFailure.nonRetryable('no such column', 'Broken'));
    await post('trigger');
    const body = await eventually('the run to fail', async () => {
      const shown = await show();
      return shown.recentRuns[0]?.outcome === 'failed' ? shown : undefined;
    });
    expect(body.lastFailure).toMatchObject({
      workflowId: body.recentRuns[0].workflowId,
      error: 'no such column',
    });
  });

  it('run again after the pause', async () => {
    sweep = async () => ({ claimed: 0, days: [], more: false });
    const { body } = await post('unpause');
    expect(body).toMatchObject({ paused: false, pauseReason: null });
    expect(body.nextRuns.length).toBeGreaterThan(0);
  });
});

describe('a backfill', () => {
  it('makes up for each run of a stretch, one after the other', async () => {
    const answer = await post('backfill', { from: '2026-03-02T08:00:00Z', to: '2026-03-02T08:04:30Z' });
    expect([answer.status, answer.body]).toEqual([
      202,
      { runs: 5, first: '2026-03-02T08:00:00.000Z', last: '2026-03-02T08:04:00.000Z' },
    ]);
    await eventually('five runs', async () => {
      const { recentRuns } = await show();
      const made = recentRuns.filter(
        ({ workflowId, outcome }: { workflowId: string; outcome: string }) =>
          workflowId.startsWith(`${ID}-2026-03-02T08:0`) && outcome === 'completed',
      );
      return made.length === 5 ? true : undefined;
    });
    // Asked again they run again: what they do may be repeated.
    const { counts } = await show();
    expect(
      (await post('backfill', { from: '2026-03-02T08:00:00Z', to: '2026-03-02T08:01:00Z' })).status,
    ).toBe(202);
    await eventually('two more', async () =>
      (await show()).counts.started >= counts.started + 2 ? true : undefined,
    );
  });

  it.each([
    [{ from: '2026-03-02T08:00:00Z', to: '2026-03-02T09:00:01Z' }, 'to', 'must not be in the future'],
    [{ from: '2026-03-02T08:00:00Z', to: '2026-03-02T07:00:00Z' }, 'from', 'must not be after `to`'],
    [{ from: '2026-03-02T00:00:00Z', to: '2026-03-02T09:00:00Z' }, 'to', '2026-03-02T01:39:00.000Z'],
    [{ from: '2026-03-02T08:00:01Z', to: '2026-03-02T08:00:59Z' }, 'from', 'has no run between'],
    [{ from: 'yesterday', to: '2026-03-02T08:00:59Z' }, 'from', 'ISO 8601'],
  ])('is refused with what is wrong: %o', async (body, path, message) => {
    const answer = await post('backfill', body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toMatchObject([{ path, message: expect.stringContaining(message) }]);
  });
});
