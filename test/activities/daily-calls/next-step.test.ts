import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { nextStep } from '../../../activities/daily-calls/daily-call/next-step.ts';
import { createDeps, type Deps } from '../../../platform/deps.ts';
import { dailyCallWorkflowId } from '../../../shared/ids.ts';
import { type AfterCall, startAfterCall } from './fixture.ts';

const LOCAL_DATE = '2026-03-02';
const CONNECTIONS = 2;

let after: AfterCall;
/** The same application with hardly any connections. */
let narrow: Deps;
beforeAll(async () => {
  after = await startAfterCall();
  narrow = await createDeps({ ...after.deps.env, DATABASE_POOL_SIZE: CONNECTIONS });
});
afterAll(async () => {
  await narrow.close();
  await after.close();
});

/** A call that is under way, whose answer got lost, and whose end has been reported. */
async function reported() {
  const { db, vault } = after.deps;
  const { attemptId, userId } = await after.talkedTo();
  await db
    .updateTable('call_attempts')
    .set({ status: 'dialled', ended_at: null })
    .where('id', '=', attemptId)
    .execute();
  const effect = {
    key: `dial:${attemptId}`,
    vendor: 'callkaro',
    operation: 'calls.create',
    holder: randomUUID(),
  };
  await db
    .insertInto('effects')
    .values({
      ...effect,
      entity: dailyCallWorkflowId(userId, LOCAL_DATE),
      status: 'unknown',
      lease_until: new Date(),
    })
    .execute();
  const report = { status: 'no-answer', metadata: { attemptId } };
  await db
    .insertInto('inbox_events')
    .values({
      source: 'callkaro',
      event_key: attemptId,
      event_type: 'status:no-answer',
      entity: dailyCallWorkflowId(userId, LOCAL_DATE),
      company_id: after.company.id,
      body_sealed: vault.seal('inbox', JSON.stringify(report)),
      status: 'done',
      request_id: attemptId,
    })
    .execute();
  return { userId, companyId: after.company.id, localDate: LOCAL_DATE, attemptId };
}

it('absorbs the reports of more days at once than there are connections, and settles their calls', async () => {
  const days: Awaited<ReturnType<typeof reported>>[] = [];
  while (days.length < 4 * CONNECTIONS) days.push(await reported());
  const steps = await Promise.all(days.map((day) => nextStep(narrow, day)));
  expect(steps).toEqual(days.map(() => ({ kind: 'ended', ending: 'not-reached' })));
  const effects = await after.deps.db
    .selectFrom('effects')
    .where(
      'key',
      'in',
      days.map(({ attemptId }) => `dial:${attemptId}`),
    )
    .select('status')
    .execute();
  expect(effects).toEqual(days.map(() => ({ status: 'done' })));
});
