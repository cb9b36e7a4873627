import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { precacheCompany } from '../../../activities/phone-desk/availability-precache/precache-company.ts';
import { seedCompanies } from '../../../db/seed/companies.ts';
import { fillInCompany } from '../../../db/seed/fill-in.ts';
import { type ActivityBed, openActivityBed } from '../../support/activity-bed.ts';
import '../../support/quiet-runtime.ts';

const HOUR_MS = 3_600_000;

let bed: ActivityBed;
beforeAll(async () => {
  bed = await openActivityBed();
});
afterAll(() => bed.close());
afterEach(() => vi.useRealTimers());

it('says that it lives while it rests for a minute between two questions', async () => {
  const [company] = seedCompanies;
  await fillInCompany(bed.deps.db, bed.deps.vault, company!, { apiCallsPerMinute: 3 });
  const { id } = await bed.deps.db
    .selectFrom('companies')
    .where('slug', '=', company!.slug)
    .select('id')
    .executeTakeFirstOrThrow();
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const environment = new MockActivityEnvironment();
  const heartbeats: unknown[] = [];
  const asked = new Promise<void>((resolve) => {
    environment.on('heartbeat', (done: unknown) => {
      heartbeats.push(done);
      resolve();
    });
  });
  const ended = environment.run(() => precacheCompany(bed.deps, id, HOUR_MS)).catch((error: Error) => error);
  await asked;
  vi.advanceTimersByTime(25_000);
  expect(heartbeats).toEqual([1, 1, 1, 1, 1, 1]);
  environment.cancel();
  expect(await ended).toMatchObject({ name: 'AbortError' });
  vi.advanceTimersByTime(25_000);
  expect(heartbeats).toHaveLength(6);
});
