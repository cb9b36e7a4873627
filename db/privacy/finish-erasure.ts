import type { Kysely } from 'kysely';
import { recordAudit } from '../audit.ts';
import type { Database } from '../tables/database.ts';
import { lockErasure } from './erase.ts';
import { readVendorTraces } from './vendor-traces.ts';

/** Completes the proof: what vendors have deleted, and what they keep. */
export function finishErasure(db: Kysely<Database>, erasureId: string): Promise<'erased' | 'partly-erased'> {
  return db.transaction().execute(async (trx) => {
    const erasure = await lockErasure(trx, erasureId);
    if (erasure.status === 'erased' || erasure.status === 'partly-erased') return erasure.status;
    const { remains, deletedCalls, refused } = await readVendorTraces(trx, erasure);
    const status = refused ? 'partly-erased' : 'erased';
    await trx
      .updateTable('erasures')
      .set({
        status,
        senders: [],
        found: JSON.stringify({
          ...erasure.found,
          ...(deletedCalls > 0 ? { 'retell calls': deletedCalls } : {}),
        }),
        remains: JSON.stringify([...erasure.remains, ...remains]),
        finished_at: new Date(),
      })
      .where('id', '=', erasureId)
      .execute();
    await recordAudit(trx, {
      actor: 'gdpr-erasure',
      action: 'erasure.finish',
      entity: erasure.subject_id,
      requestId: null,
      detail: { erasureId, status },
    });
    return status;
  });
}
