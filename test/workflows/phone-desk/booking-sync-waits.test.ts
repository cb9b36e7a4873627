import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { recentSyncRuns, requestSync } from '../../../db/phone-desk/booking-sync/sync-runs.ts';
import { bookingSyncWorkflowId } from '../../../shared/ids.ts';
import type { BookingSyncResult } from '../../../workflows/phone-desk/booking-sync/contract.ts';
import { openPhoneDesk, type PhoneDesk } from '../../support/phone-desk.ts';
import { recordHistory } from '../../support/stories.ts';
import { createTimeSkipping } from '../../support/temporal.ts';

let env: TestWorkflowEnvironment;
let desk: PhoneDesk;
let companyId: string;

beforeAll(async () => {
  env = await createTimeSkipping();
  desk = await openPhoneDesk(env);
  const row = await desk.deps.db
    .selectFrom('companies')
    .where('slug', '=', 'salon-lindgruen')
    .select('id')
    .executeTakeFirstOrThrow();
  companyId = row.id;
});
afterAll(async () => {
  await desk?.close();
  await env?.teardown();
});

const sync = (id: string): Promise<BookingSyncResult> =>
  env.client.workflow.execute('bookingSync', {
    workflowId: bookingSyncWorkflowId(id),
    taskQueue: desk.taskQueue,
    args: [{ companyId: id }],
  });
const target = () => ({ companyId, kind: 'bookings' }) as const;

it('a calendar that is down has the comparison wait for the next one; the watermark stays', async () => {
  await desk.fault({ vendor: 'calcom', operation: 'bookings.list', mode: 'status', status: 503 });
  expect(await sync(companyId)).toEqual({ status: 'postponed' });
  await recordHistory(desk, bookingSyncWorkflowId(companyId), 'booking-sync-postponed');
  const [run] = await recentSyncRuns(desk.deps.db, target(), 1);
  expect(run).toMatchObject({ status: 'postponed', trigger: 'schedule' });
  expect(await desk.deps.db.selectFrom('calendar_watermarks').selectAll().execute()).toEqual([]);
  await desk.clearFaults();
  expect(await sync(companyId)).toEqual({ status: 'synced' });
  expect(await desk.deps.db.selectFrom('calendar_watermarks').selectAll().execute()).toHaveLength(1);
});

it('a company that was deleted meanwhile has nothing to compare', async () => {
  expect(await sync('00000000-0000-4000-8000-000000000000')).toEqual({ status: 'not-connected' });
});

it('what was asked for of a company without a key is ended, not forgotten', async () => {
  const { db } = desk.deps;
  const id = crypto.randomUUID();
  await requestSync(db, target(), id);
  await db.updateTable('companies').set({ calcom_key_sealed: null }).where('id', '=', companyId).execute();
  expect(await sync(companyId)).toEqual({ status: 'not-connected' });
  const [run] = await recentSyncRuns(db, target(), 1);
  expect(run).toMatchObject({ id, trigger: 'request', status: 'not-connected' });
});
