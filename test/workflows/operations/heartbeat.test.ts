import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHeartbeatActivities } from '../../../activities/operations/heartbeat/index.ts';
import { type HeartbeatLimits, heartbeatLimits } from '../../../activities/operations/heartbeat/limits.ts';
import { createRunActivities } from '../../../activities/operations/run/index.ts';
import { createBreaker } from '../../../platform/breaker.ts';
import type { Deps } from '../../../platform/deps.ts';
import { taskQueues } from '../../../shared/task-queues.ts';
import type { HeartbeatResult } from '../../../workflows/operations/heartbeat/contract.ts';
import { type OperationsBed, openOperationsBed } from '../../support/operations.ts';
import { recordHistory } from '../../support/stories.ts';
import { connectTemporal } from '../../support/temporal.ts';
import { eventually } from '../../support/test-bed.ts';

let env: TestWorkflowEnvironment;
let bed: OperationsBed;
/** Minutes since 1970: which company's calendar is asked. */
let turn = 0;

beforeAll(async () => {
  env = await connectTemporal();
  bed = await openOperationsBed(env, { overrides: { clock: () => new Date(turn * 60_000) } });
  await Promise.all([bed.serve(taskQueues.phoneDesk), bed.serve(taskQueues.dailyCalls)]);
  // A worker is known to the server with its first question.
  await eventually('all queues to be served', async () =>
    (await beat()).every((name) => !name.startsWith('queue/')) ? true : undefined,
  );
});
afterAll(async () => {
  await bed?.close();
  await env?.teardown();
});

const beat = async (limits: Partial<HeartbeatLimits> = {}): Promise<string[]> =>
  (await createHeartbeatActivities(bed.deps, { ...heartbeatLimits, ...limits }).beat()).unwell;
const ready = async () => {
  const response = await fetch(`${bed.apiUrl}/readyz`);
  const body = (await response.json()) as {
    heartbeat: { status: string };
    components: { name: string; status: string }[];
  };
  const status = Object.fromEntries(body.components.map((part) => [part.name, part.status]));
  return { code: response.status, heartbeat: body.heartbeat.status, status };
};
const metrics = async () => (await fetch(`${bed.apiUrl}/metrics`)).text();

it('finds all parts well, in a run of its own, and shows them', async () => {
  const { workflowId, result } = await bed.run<HeartbeatResult>('heartbeat');
  expect(result).toEqual({ status: 'beat', unwell: [] });
  await recordHistory(bed, workflowId, 'heartbeat-all-well');
  const { code, heartbeat, status } = await ready();
  expect([code, heartbeat]).toEqual([200, 'regular']);
  expect(Object.keys(status)).toEqual(
    expect.arrayContaining([
      ...[
        'calcom',
        'callkaro',
        'inbox',
        'llm',
        'postgres',
        'retell',
        'runs',
        'smoke-test',
        'smtp',
        'temporal',
      ],
      ...['twilio', 'vapi', 'queue/phone-desk', 'queue/daily-calls', 'queue/operations'],
    ]),
  );
  expect(new Set(Object.values(status))).toEqual(new Set(['up']));
  expect(await bed.standing()).toEqual([]);
  const text = await metrics();
  expect(text).toContain('switchboard_component_up{component="retell"} 1');
  expect(text).toContain('switchboard_alerts_standing{kind="component-down"} 0');
  expect(text).toMatch(/switchboard_heartbeat_age_seconds \d/);
});

describe('a vendor', () => {
  it.each([
    ['retell', { vendor: 'retell', operation: '*', mode: 'status', status: 503 }],
    ['twilio', { vendor: 'twilio', operation: 'accounts.get', mode: 'before' }],
    ['llm', { vendor: 'openai', operation: 'models.list', mode: 'status', status: 500 }],
    ['vapi', { vendor: 'vapi', operation: 'calls.list', mode: 'before' }],
    ['calcom', { vendor: 'calcom', operation: 'me.get', mode: 'status', status: 502 }],
  ] as const)('%s that is down twice is an alert, which its next good answer clears', async (name, fault) => {
    await bed.fault(fault);
    expect(await beat()).toEqual([name]);
    expect(await bed.standing()).toEqual([]);
    expect((await ready()).status[name]).toBe('failing');
    await beat();
    await beat();
    expect(await bed.standing()).toEqual([`component-down ${name}`]);
    const { code, status } = await ready();
    expect([code, status[name]]).toEqual([200, 'down']);
    expect(await metrics()).toContain(`switchboard_component_up{component="${name}"} 0`);
    await bed.clearFaults();
    expect(await beat()).toEqual([]);
    expect(await bed.standing()).toEqual([]);
  });

  it('that hangs is given up within its limit', async () => {
    await bed.fault({ vendor: 'retell', operation: '*', mode: 'delay', delayMs: 3_000 });
    const startedAt = performance.now();
    expect(await beat({ vendorMs: 200 })).toEqual(['retell']);
    expect(performance.now() - startedAt).toBeLessThan(2_500);
    await bed.clearFaults();
    await beat();
  });

  it('leaves no trace there', async () => {
    for (const vendor of ['retell', 'calcom', 'twilio', 'openai', 'smtp', 'callkaro', 'vapi']) {
      expect(await bed.ledger(vendor)).toEqual([]);
    }
  });
});

describe('the calendar', () => {
  it('that refuses the key of one company is that company’s alert, and nobody else’s', async () => {
    const companies = await bed.deps.db.selectFrom('companies').select(['slug']).orderBy('id').execute();
    await bed.fault({ vendor: 'calcom', operation: 'me.get', mode: 'status', status: 401 });
    turn = 0;
    expect(await beat()).toEqual([]);
    expect(await bed.standing()).toEqual([`vendor-key-refused calcom ${companies[0]?.slug}`]);
    await bed.clearFaults();
    turn = 1;
    await beat();
    expect(await bed.standing()).toHaveLength(1);
    turn = 2;
    await beat();
    expect(await bed.standing()).toEqual([]);
  });

  it('is asked within the limit of the company; once that is used up, what is known stays', async () => {
    await beat();
    const { rows } = await bed.deps.pool.query(`SELECT FROM limit_grants WHERE limit_key LIKE 'calcom:%'`);
    expect(rows.length).toBeGreaterThan(0);
    await bed.fault({ vendor: 'calcom', operation: 'me.get', mode: 'status', status: 502 });
    const companySettings: Deps['companySettings'] = async (id) => {
      const settings = await bed.deps.companySettings(id);
      return { ...settings, limits: { ...settings.limits, apiCallsPerMinute: 0 } };
    };
    const { unwell } = await createHeartbeatActivities({ ...bed.deps, companySettings }).beat();
    expect(unwell).toEqual([]);
    expect((await ready()).status.calcom).toBe('up');
    await bed.clearFaults();
  });
});

describe('the work', () => {
  it('that waits too long on a queue is an alert with what is known of it', async () => {
    expect(await beat({ queueWaitMs: -1 })).toEqual([
      'queue/phone-desk',
      'queue/daily-calls',
      'queue/operations',
    ]);
    expect(await bed.standing()).toEqual([
      'queue-stalled daily-calls',
      'queue-stalled operations',
      'queue-stalled phone-desk',
    ]);
    const row = await bed.deps.db
      .selectFrom('alerts')
      .where('entity', '=', 'operations')
      .select('detail')
      .executeTakeFirst();
    expect(row?.detail).toMatchObject({ 'queue/operations': { reason: 'long-wait', depth: 0 } });
    await beat();
    expect(await bed.standing()).toEqual([]);
  });

  it('that was accepted and not handed over is an alert until it is', async () => {
    const { rows } = await bed.deps.pool.query<{ id: string }>(
      `INSERT INTO inbox_events (source, event_key, event_type, entity, body_sealed, request_id, received_at, next_attempt_at)
       VALUES ('api', 'stuck', 'none', 'none/1', '', 'test', now() - interval '3 minutes', now() + interval '1 hour')
       RETURNING id`,
    );
    expect(await beat()).toEqual(['inbox']);
    expect(await bed.standing()).toEqual(['inbox-stuck inbox']);
    await bed.deps.pool.query('DELETE FROM inbox_events WHERE id = $1', [rows[0]?.id]);
    await beat();
    expect(await bed.standing()).toEqual([]);
  });

  it('that fails too often is an alert, read where failed runs leave their rows', async () => {
    const { recordFailedRun } = createRunActivities(bed.deps);
    const fail = (n: number) =>
      recordFailedRun({
        ...{ workflowType: 'booking', workflowId: `booking/${n}`, runId: `run-${n}`, attempts: 1, tags: [] },
        ...{ taskQueue: 'phone-desk', firstError: 'broken', lastError: 'broken' },
      });
    for (const n of [1, 2, 3, 4]) await fail(n);
    expect(await beat()).toEqual([]);
    await fail(5);
    expect(await beat()).toEqual(['runs']);
    expect(await bed.standing()).toEqual(['runs-failing runs']);
    expect(await beat({ failedShare: 1 })).toEqual([]);
    expect(await bed.standing()).toEqual([]);
    await bed.deps.db.deleteFrom('failed_runs').execute();
  });

  it('that rests behind an open circuit is an alert of its company until the vendor answers', async () => {
    const company = await bed.deps.db
      .selectFrom('companies')
      .select(['id', 'slug'])
      .executeTakeFirstOrThrow();
    const breaker = createBreaker(bed.deps.pool, { openMs: 1 });
    const key = `twilio:${company.id}`;
    for (let n = 0; n < 3; n += 1) await breaker.failure(key);
    await beat();
    expect(await bed.standing()).toEqual([`circuit-open twilio ${company.slug}`]);
    await eventually('the probe to go', async () => ((await breaker.check(key)).open ? undefined : true));
    await breaker.success(key);
    await beat();
    expect(await bed.standing()).toEqual([]);
  });
});

describe('the smoke test', () => {
  it('that has not come for a quarter of an hour is missed', async () => {
    await bed.deps.pool.query(
      `UPDATE health_checks SET since = now() - interval '16 minutes' WHERE name = 'heartbeat'`,
    );
    expect(await beat()).toEqual(['smoke-test']);
    expect(await bed.standing()).toEqual(['component-down smoke-test']);
    await bed.deps.pool.query(`UPDATE health_checks SET since = now() WHERE name = 'heartbeat'`);
    expect(await beat()).toEqual([]);
  });
});

it('forgets a part that is gone, with its alert', async () => {
  const deps = { ...bed.deps, vendorChecks: [...bed.deps.vendorChecks] };
  const failure = () => ({ kind: 'unavailable' as const, code: 'gone', message: 'gone' });
  deps.vendorChecks.push({ vendor: 'old', failure, ask: () => Promise.reject(new Error('gone')) });
  const old = createHeartbeatActivities(deps);
  await old.beat();
  await old.beat();
  expect(await bed.standing()).toEqual(['component-down old']);
  await beat();
  expect(await bed.standing()).toEqual([]);
  expect((await ready()).status).not.toHaveProperty('old');
});

it('is over as missed when nothing can be written down, and leaves the noticing to others', async () => {
  const broken = async () => {
    throw new Error('no database');
  };
  const activities = { beat: broken, tellOperators: broken };
  const served = await bed.serve('broken', activities);
  const { workflowId, result } = await bed.run<HeartbeatResult>('heartbeat', 'broken');
  expect(result).toEqual({ status: 'missed', unwell: [] });
  await recordHistory(bed, workflowId, 'heartbeat-missed');
  await served.close();
});
