import { randomUUID } from 'node:crypto';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createRetentionActivities } from '../../../activities/phone-desk/retention/index.ts';
import { callRefreshWorkflowId, callWorkflowId } from '../../../shared/ids.ts';
import type { CallRefreshResult } from '../../../workflows/phone-desk/call-refresh/contract.ts';
import type { RefreshSweepResult } from '../../../workflows/phone-desk/refresh-sweep/contract.ts';
import type { RetentionResult } from '../../../workflows/phone-desk/retention/contract.ts';
import { openPhoneDesk, type PhoneDesk } from '../../support/phone-desk.ts';
import { recordHistory } from '../../support/stories.ts';
import { connectTemporal } from '../../support/temporal.ts';
import { eventually } from '../../support/test-bed.ts';
import { newCaller } from '../../support/wishes.ts';

const DAY_MS = 86_400_000;

let env: TestWorkflowEnvironment;
let desk: PhoneDesk;
let now: Date | null = null;

beforeAll(async () => {
  env = await connectTemporal();
  desk = await openPhoneDesk(env, {
    settings: { CALL_REFRESH_DELAY_MS: '0', CALL_ANALYSIS_WAIT_MS: '200', RECORDING_MAX_BYTES: '30000' },
    overrides: { clock: () => now ?? new Date() },
  });
});
afterEach(async () => {
  now = null;
  await desk.clearFaults();
});
afterAll(async () => {
  await desk?.close();
  await env?.teardown();
});

const run = <T>(workflowType: string, name: string, args: unknown[] = []) =>
  env.client.workflow.execute(workflowType, {
    workflowId: `${name}/${randomUUID()}`,
    taskQueue: desk.taskQueue,
    args,
  }) as Promise<T>;
const sweep = () => run<RefreshSweepResult>('refreshSweep', 'refresh-sweep');
const tidy = () => run<RetentionResult>('retention', 'retention');

const settledCall = async (script: Record<string, unknown> = {}, transcript = 'User: no, thanks') =>
  desk.settled(
    await desk.play({ from: newCaller(), transcript, wish: { booking_requested: false }, script }),
  );
const shown = (id: string) => desk.api('GET', `/api/calls/${id}`);
const refreshed = (id: string) =>
  eventually(`the refresh of ${id}`, () =>
    (env.client.workflow.getHandle(callRefreshWorkflowId(id)).result() as Promise<CallRefreshResult>).catch(
      (error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        return undefined;
      },
    ),
  );
const recordingOf = async (id: string) => {
  const { url } = await desk.api('GET', `/api/calls/${id}/recording`);
  return fetch(`${desk.apiUrl}${new URL(String(url)).pathname}`);
};

async function refreshByHand(id: string) {
  await desk.api('POST', `/api/calls/${id}/refresh`);
  return refreshed(id);
}

describe('after a call', () => {
  it('its recording is copied, once, and given out by a link', async () => {
    const call = await settledCall({}, 'User: do you open on Sunday?');
    expect((await shown(call.id)).recording).toBeNull();
    expect((await sweep()).started).toBeGreaterThan(0);
    expect(await refreshed(call.id)).toEqual({ status: 'refreshed', recording: 'kept' });
    expect(await shown(call.id)).toMatchObject({
      recording: { status: 'kept', keptAt: expect.any(String) },
      refreshStatus: 'refreshed',
    });
    const answer = await recordingOf(call.id);
    expect(answer.headers.get('content-type')).toBe('audio/wav');
    expect(answer.headers.get('content-disposition')).toContain(`call-${call.id}.wav`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(bytes.subarray(0, 4).toString()).toBe('RIFF');
    expect(bytes.includes('do you open on Sunday?')).toBe(true);
    expect(await sweep()).toEqual({ status: 'swept', started: 0 });
    await recordHistory(desk, callRefreshWorkflowId(call.id), 'call-refreshed');
  });

  it('what the provider came to know later is known here, too', async () => {
    const call = await desk.settled(
      await desk.play({
        from: newCaller(),
        transcript: 'User: no, thanks',
        script: {
          analysis: { call_summary: 'asked for nothing' },
          events: ['call_ended'],
          analysis_delay_ms: DAY_MS,
        },
      }),
    );
    expect((await shown(call.id)).analysis).toBeNull();
    await fetch(`${desk.deps.env.RETELL_BASE_URL}/rerun-call-analysis/${call.vendor_call_id}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${desk.deps.env.RETELL_API_KEY}` },
    });
    expect((await refreshByHand(call.id)).status).toBe('refreshed');
    const after = await shown(call.id);
    expect(after).toMatchObject({ analysis: { call_summary: 'asked for nothing' } });
    // What was decided about the call stays decided.
    expect(after.outcome).toBe(call.outcome);
  });

  it('a call in which nobody spoke is not looked for', async () => {
    const call = await desk.settled(
      await desk.play({
        from: newCaller(),
        script: { disconnection_reason: 'dial_no_answer', duration_ms: 0 },
      }),
    );
    await sweep();
    const row = await desk.deps.db
      .selectFrom('calls')
      .where('id', '=', call.id)
      .selectAll()
      .executeTakeFirst();
    expect(row).toMatchObject({ refresh_due_at: null, refresh_status: null });
  });

  it('a provider that is away is waited for, and asked until it is back', async () => {
    const call = await settledCall();
    await desk.fault({ vendor: 'retell', operation: 'calls.get', mode: 'status', status: 503, count: 1 });
    await desk.fault({ vendor: 'retell', operation: 'recordings.get', mode: 'before', count: 1 });
    expect(await refreshByHand(call.id)).toEqual({ status: 'refreshed', recording: 'kept' });
  });

  it.each([
    ['a recording that is over the limit', { duration_ms: 60_000 }, 'x'.repeat(30_000), 'too-large'],
    [
      'a recording at an address that is not the provider',
      { recording_url: 'http://10.0.0.1/a.wav' },
      'x',
      'gone',
    ],
  ] as const)('%s is left where it is, and said so', async (_what, script, transcript, recording) => {
    const call = await settledCall(script, `User: ${transcript}`);
    expect(await refreshByHand(call.id)).toEqual({ status: 'refreshed', recording });
    await expect(desk.api('GET', `/api/calls/${call.id}/recording`)).rejects.toThrow('no-recording');
    const files: string[] = [];
    for await (const key of desk.deps.files.list(`${call.company_id}/people/${call.person_id}/`))
      files.push(key);
    expect(files).toEqual([]);
  });

  it('a call that the provider has deleted keeps what is known of it', async () => {
    const call = await settledCall();
    expect(await desk.deps.retell.deleteCall(call.vendor_call_id)).toEqual({});
    expect(await desk.deps.retell.deleteCall(call.vendor_call_id)).toBeNull();
    expect(await refreshByHand(call.id)).toEqual({ status: 'not-known', recording: null });
    expect((await shown(call.id)).transcript).toContain('no, thanks');
  });
});

describe('asked for by hand', () => {
  it('names what stands against it', async () => {
    const call = await settledCall();
    await expect(desk.api('POST', `/api/calls/${randomUUID()}/refresh`)).rejects.toThrow('404');
    const set = (columns: object) =>
      desk.deps.db.updateTable('calls').set(columns).where('id', '=', call.id).execute();
    await set({ settled_at: null });
    await expect(desk.api('POST', `/api/calls/${call.id}/refresh`)).rejects.toThrow('call-under-way');
    await set({ settled_at: new Date(), transcript_deleted_at: new Date() });
    await expect(desk.api('POST', `/api/calls/${call.id}/refresh`)).rejects.toThrow('past-retention');
  });
});

describe('retention', () => {
  it('deletes what a company has kept for its days, and not a day before; a held person keeps all', async () => {
    const [old, held] = [await settledCall(), await settledCall()];
    for (const { id } of [old, held]) expect((await refreshByHand(id)).recording).toBe('kept');
    await desk.deps.db
      .insertInto('legal_holds')
      .values({
        person_id: held.person_id!,
        company_id: held.company_id,
        reference: 'case 7',
        placed_by: 'x',
      })
      .execute();
    await desk.api('PATCH', '/api/retention?company=salon-lindgruen', {
      recordingsDays: 10,
      transcriptsDays: 20,
    });

    now = new Date(old.created_at.getTime() + 10 * DAY_MS - 60_000);
    expect((await tidy()).deleted.recordings).toBe(0);
    now = new Date(Date.now() + 11 * DAY_MS);
    expect((await tidy()).deleted).toMatchObject({ transcripts: 0, recordings: expect.any(Number) });
    expect(await shown(old.id)).toMatchObject({
      recording: { status: 'deleted' },
      recordingUrl: null,
      transcript: expect.stringContaining('no, thanks'),
    });
    expect(await shown(held.id)).toMatchObject({ recording: { status: 'kept' } });

    now = new Date(Date.now() + 21 * DAY_MS);
    expect((await tidy()).deleted.transcripts).toBeGreaterThan(0);
    expect(await shown(old.id)).toMatchObject({ transcript: null, analysis: null, wish: null });
    expect(await shown(held.id)).toMatchObject({ transcript: expect.stringContaining('no, thanks') });
    // Nor does it come back when somebody asks the provider once more.
    await expect(desk.api('POST', `/api/calls/${old.id}/refresh`)).rejects.toThrow('past-retention');
    expect(await tidy()).toMatchObject({ deleted: { recordings: 0, transcripts: 0 } });

    const eventsOf = async (call: { vendor_call_id: string }) => {
      const entity = callWorkflowId('retell', call.vendor_call_id);
      return desk.deps.db.selectFrom('inbox_events').where('entity', '=', entity).select('id').execute();
    };
    const heldEvents = await eventsOf(held);
    expect(heldEvents.length).toBeGreaterThan(0);
    now = new Date(Date.now() + 91 * DAY_MS);
    expect((await tidy()).deleted.events).toBeGreaterThan(0);
    expect([await eventsOf(old), await eventsOf(held)]).toEqual([[], heldEvents]);
  });

  it('and a hold do not pass each other while a recording goes', async () => {
    const call = await settledCall();
    expect((await refreshByHand(call.id)).recording).toBe('kept');
    now = new Date(Date.now() + 400 * DAY_MS);
    const { db, files } = desk.deps;
    const attempts: unknown[] = [];
    // Whoever places a hold begins with the person's row.
    const hold = () =>
      sql`SELECT FROM person_keys WHERE id = ${call.person_id} FOR UPDATE NOWAIT`.execute(db).then(
        () => 'placed',
        (error: { code: string }) => error.code,
      );
    const watched = async (key: string) => {
      if (key.includes(call.id)) attempts.push(await hold());
      await files.delete(key);
    };
    const { deleteOldRecordings } = createRetentionActivities({
      ...desk.deps,
      files: { ...files, delete: watched },
    });
    for (let more = true; more; ) ({ more } = await deleteOldRecordings());
    expect(attempts).toEqual(['55P03']);
    expect(await hold()).toBe('placed');
    expect(await shown(call.id)).toMatchObject({ recording: { status: 'deleted' } });
  });
});
