import { randomUUID } from 'node:crypto';
import http from 'node:http';
import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiDeps, ApiProcessDeps } from '../../api/deps.ts';
import { ListenError, startApi } from '../../api/server.ts';
import type { WorkflowStart } from '../../shared/workflow-start.ts';
import { addCompany, startTestApi, type TestApi, type TestCompany } from './support.ts';

let api: TestApi;
let linde: TestCompany;
const started: WorkflowStart[] = [];
const gate: { open?: () => void; wait?: Promise<void> } = {};

/** Holds `/readyz` until the gate opens. */
const temporal = {
  withDeadline: (_deadline: number, work: () => Promise<unknown>) => work(),
  workflowService: {
    describeNamespace: async () => {
      await gate.wait;
      return {};
    },
  },
};

beforeAll(async () => {
  api = await startTestApi();
  linde = await addCompany(api.db, 'linde');
});
afterAll(() => api.close());

function processDeps(env: Partial<ApiDeps['env']> = {}): ApiProcessDeps {
  const { inbox: _, handOver: __, ...deps } = api.deps;
  const starter = {
    start: async (start: WorkflowStart) => {
      started.push(start);
      return true;
    },
    startOrSignal: async (start: WorkflowStart) => void started.push(start),
    signal: async () => {},
  };
  const alertDelivery = { deliver: async () => {} };
  return {
    ...deps,
    alertDelivery,
    starter,
    temporal: temporal as unknown as Client,
    env: { ...deps.env, PORT: 0, ...env },
  };
}

const wish = { service: 'haircut', date: '2026-03-03', time: '14:30', customer: { phone: '030 901820' } };

describe('startApi', () => {
  it('takes a booking all the way to the start of its workflow', async () => {
    const running = await startApi(processDeps());
    const answer = await fetch(`http://127.0.0.1:${running.port}/api/bookings`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${linde.key}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
      },
      body: JSON.stringify(wish),
    });
    const { appointmentId } = (await answer.json()) as { appointmentId: string };
    await expect.poll(() => started.map((each) => each.workflowId)).toContain(`booking/${appointmentId}`);
    await running.close();
    const event = await api.db
      .selectFrom('inbox_events')
      .select('status')
      .where('entity', '=', `booking/${appointmentId}`)
      .executeTakeFirstOrThrow();
    expect(event.status).toBe('done');
  });

  it('has webhooks in front of authentication, with the security of a signature', async () => {
    const running = await startApi(processDeps());
    const url = `http://127.0.0.1:${running.port}`;
    const forged = await fetch(`${url}/api/webhooks/retell`, { method: 'POST', body: '{}' });
    expect([forged.status, ((await forged.json()) as { code: string }).code]).toEqual([
      401,
      'invalid-signature',
    ]);
    await expect
      .poll(async () => (await fetch(`${url}/metrics`)).text())
      .toMatch(/count\{method="POST",route="\/api\/webhooks\/retell",status="401"\} 1/);
    await running.close();
  });

  it('forgets idempotency keys of the day before yesterday', async () => {
    const created_at = new Date(Date.now() - 48 * 60 * 60_000);
    await api.db
      .insertInto('idempotency_keys')
      .values({ company_id: linde.id, key: 'old', request_hash: Buffer.from(''), response: null, created_at })
      .execute();
    const running = await startApi(processDeps());
    const old = () =>
      api.db.selectFrom('idempotency_keys').select('key').where('key', '=', 'old').executeTakeFirst();
    await expect.poll(old).toBeUndefined();
    await running.close();
  });

  it('says which port is taken and which variable to set', async () => {
    const running = await startApi(processDeps());
    const second = startApi(processDeps({ PORT: running.port }));
    await expect(second).rejects.toThrow(ListenError);
    await expect(second).rejects.toThrow(new RegExp(`Port ${running.port} .*set PORT`));
    await running.close();
  });

  it('finishes a running request before it stops, and takes no new one', async () => {
    gate.wait = new Promise((resolve) => {
      gate.open = resolve;
    });
    const running = await startApi(processDeps());
    const agent = new http.Agent({ keepAlive: true });
    const get = () =>
      new Promise<number>((resolve, reject) => {
        http
          .get({ port: running.port, path: '/readyz', host: '127.0.0.1', agent }, (response) => {
            response.resume().on('end', () => resolve(response.statusCode ?? 0));
          })
          .on('error', reject);
      });
    const first = get();
    await expect
      .poll(() =>
        Object.values(agent.sockets)
          .flat()
          .some((socket) => socket?.bytesWritten),
      )
      .toBe(true);
    const closed = running.close();
    await expect(fetch(`http://127.0.0.1:${running.port}/healthz`)).rejects.toThrow();
    gate.open?.();
    expect(await first).toBe(200);
    await closed;
    agent.destroy();
  });

  it('does not wait longer than the limit', async () => {
    gate.wait = new Promise((resolve) => {
      gate.open = resolve;
    });
    const running = await startApi(processDeps({ SHUTDOWN_TIMEOUT_MS: 200 }));
    const hanging = http.request({
      port: running.port,
      host: '127.0.0.1',
      method: 'POST',
      path: '/api/webhooks/retell',
    });
    hanging.on('error', () => undefined);
    hanging.setHeader('content-length', '10');
    hanging.flushHeaders();
    await expect.poll(() => hanging.socket?.bytesWritten ?? 0).toBeGreaterThan(0);
    const startedAt = performance.now();
    await running.close();
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    gate.open?.();
  });
});
