import { readErasure } from '../../../db/privacy/erasures.ts';
import { callDeletionKey } from '../../../db/privacy/vendor-traces.ts';
import type { Deps } from '../../../platform/deps.ts';

/** Deletes a call at Retell with all that was said in it, once; one that Retell does not know is deleted. */
export async function deleteVendorCall(deps: Deps, erasureId: string, vendorCallId: string): Promise<void> {
  const { company_id: companyId } = await readErasure(deps.db, erasureId);
  await deps.effects.once({
    key: callDeletionKey(vendorCallId),
    vendor: 'retell',
    operation: 'calls.delete',
    companyId,
    entity: vendorCallId,
    lookUp: async () => ((await deps.retell.findCall(vendorCallId)) ? null : {}),
    perform: async () => (await deps.retell.deleteCall(vendorCallId)) ?? {},
    classify: deps.retellFailure,
  });
}
