import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { type SeedCompany, seedCompanies } from '../../db/seed/companies.ts';
import type { Deps } from '../../platform/deps.ts';
import { callWorkflowId } from '../../shared/ids.ts';
import { type BedOptions, eventually, openTestBed, type TestBed } from './test-bed.ts';

/** What a played call says; the rest has defaults. */
export interface PlayedCall {
  company?: SeedCompany;
  from?: string;
  wish?: Record<string, unknown>;
  transcript?: string;
  /** Everything else of the phone emulator's script. */
  script?: Record<string, unknown>;
}

/** A whole phone desk of its own. */
export interface PhoneDesk extends TestBed {
  /** Plays a call; its webhooks come by themselves. Returns the vendor's call id. */
  play(call: PlayedCall): Promise<string>;
  /**
   * The row of a call once its run has ended with an outcome. A row may have its outcome a moment before: a
   * signal that comes in meanwhile has the server throw the task away, and its steps are done once more.
   */
  settled(vendorCallId: string): ReturnType<typeof readCall>;
}

const readCall = async (deps: Deps, vendorCallId: string) =>
  deps.db
    .selectFrom('calls')
    .where('vendor_call_id', '=', vendorCallId)
    .selectAll()
    .executeTakeFirstOrThrow();

export async function openPhoneDesk(
  env: TestWorkflowEnvironment,
  options: BedOptions = {},
): Promise<PhoneDesk> {
  const bed = await openTestBed(env, 'phone-desk', options);
  return {
    ...bed,
    async play({
      company = (options.companies ?? seedCompanies)[0]!,
      from = '+4915123456789',
      wish,
      transcript,
      script = {},
    }) {
      const analysis = wish
        ? { analysis: { call_successful: true, custom_analysis_data: { booking_requested: true, ...wish } } }
        : {};
      const call = (await bed.control('/retell/_emulator/calls', {
        agent_id: company.line.agentId,
        from_number: from,
        to_number: company.line.numberE164,
        webhook_url: `${bed.apiUrl}/api/webhooks/retell`,
        gaps_ms: 0,
        ...(transcript ? { transcript } : {}),
        ...analysis,
        ...script,
      })) as { call_id: string };
      return call.call_id;
    },
    settled: (vendorCallId) =>
      eventually(`call ${vendorCallId} to be settled`, async () => {
        const row = await readCall(bed.deps, vendorCallId).catch(() => undefined);
        if (!row?.settled_at) return undefined;
        const run = await env.client.workflow.getHandle(callWorkflowId('retell', vendorCallId)).describe();
        return run.status.name === 'RUNNING' ? undefined : readCall(bed.deps, vendorCallId);
      }),
  };
}
