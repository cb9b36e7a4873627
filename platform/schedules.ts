import {
  type Client,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import type { ScheduleDefinition, ScheduleSettings } from '../shared/schedules.ts';
import type { Env } from './env.ts';

/** The intervals that the environment decides. */
export const scheduleSettings = (
  env: Pick<
    Env,
    'DAILY_CALLS_SWEEP_INTERVAL_MS' | 'BOOKING_SYNC_INTERVAL_MS' | 'EVENT_TYPE_SYNC_INTERVAL_MS'
  >,
): ScheduleSettings => ({
  dailyCallsSweepMs: env.DAILY_CALLS_SWEEP_INTERVAL_MS,
  bookingSyncMs: env.BOOKING_SYNC_INTERVAL_MS,
  eventTypeSyncMs: env.EVENT_TYPE_SYNC_INTERVAL_MS,
});

/** What one schedule became. */
export interface AppliedSchedule {
  id: string;
  change: 'created' | 'updated';
  paused: boolean;
}

/** Brings Temporal in line with the definitions: creates what is missing, updates what is there, keeps pauses. */
export async function applySchedules(
  client: Client,
  definitions: readonly ScheduleDefinition[],
  settings: ScheduleSettings,
): Promise<AppliedSchedule[]> {
  return Promise.all(definitions.map((definition) => applySchedule(client, definition, settings)));
}

async function applySchedule(
  client: Client,
  definition: ScheduleDefinition,
  settings: ScheduleSettings,
): Promise<AppliedSchedule> {
  const { id, workflowType, args = [], taskQueue, catchUpMs, note } = definition;
  const spec =
    'monthly' in definition
      ? { calendars: [{ dayOfMonth: definition.monthly.day, hour: definition.monthly.hourUtc }] }
      : { intervals: [{ every: definition.everyMs(settings) }] };
  const action = {
    type: 'startWorkflow' as const,
    workflowType,
    taskQueue,
    workflowId: id,
    args,
  };
  // A run that is still at work is enough; a long absence of the server is not made up for run by run.
  const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: catchUpMs };
  const handle = client.schedule.getHandle(id);
  const update = async (): Promise<AppliedSchedule> => {
    const { state } = await handle.describe();
    await handle.update((previous) => ({ ...previous, spec, action, policies, state: previous.state }));
    return { id, change: 'updated', paused: state.paused };
  };
  try {
    return await update();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
  try {
    await client.schedule.create({ scheduleId: id, spec, action, policies, state: { note } });
    return { id, change: 'created', paused: false };
  } catch (error) {
    // Another deployment was faster.
    if (error instanceof ScheduleAlreadyRunning) return update();
    throw error;
  }
}

/** Schedules of the namespace that no definition names: of a former version, or of somebody else. They are left alone. */
export async function foreignSchedules(
  client: Client,
  definitions: readonly ScheduleDefinition[],
): Promise<string[]> {
  const ours = new Set(definitions.map(({ id }) => id));
  const foreign: string[] = [];
  for await (const { scheduleId } of client.schedule.list())
    if (!ours.has(scheduleId)) foreign.push(scheduleId);
  return foreign.sort();
}
