import { type Kysely, sql } from 'kysely';
import { clearAlert, raiseAlert } from '../alerts.ts';
import { recordAudit } from '../audit.ts';
import type { Database } from '../tables/database.ts';
import type { Remains } from '../tables/privacy.ts';
import { lockErasure, lookAgain } from './erase.ts';
import { readVendorTraces } from './vendor-traces.ts';

/** Under which name the proof says what is left here. */
const OURS = 'switchboard';

/** Completes the proof: what vendors have deleted, what they keep, and what does not go here (`fileCount` files). */
export function finishErasure(
  db: Kysely<Database>,
  erasureId: string,
  fileCount: number,
): Promise<'erased' | 'partly-erased'> {
  return db.transaction().execute(async (trx) => {
    const erasure = await lockErasure(trx, erasureId);
    if (erasure.status === 'erased' || erasure.status === 'partly-erased') return erasure.status;
    const { remains, deletedCalls, refused } = await readVendorTraces(trx, erasure);
    const left = Object.entries({ ...(await lookAgain(trx, erasure)), files: fileCount })
      .filter(([, count]) => count > 0)
      .map(([place, count]): Remains => ({ vendor: OURS, what: `${place}: ${count}`, ids: [] }));
    const status = refused || left.length > 0 ? 'partly-erased' : 'erased';
    await trx
      .updateTable('erasures')
      .set({
        status,
        // Whoever asks once more needs them to find what is left.
        senders: left.length > 0 ? erasure.senders : [],
        found: JSON.stringify({
          ...erasure.found,
          ...(deletedCalls > 0 ? { 'retell calls': deletedCalls } : {}),
        }),
        remains: JSON.stringify([...left, ...erasure.remains, ...remains]),
        finished_at: new Date(),
      })
      .where('id', '=', erasureId)
      .execute();
    const alert = {
      kind: 'erasure-incomplete',
      companyId: erasure.company_id,
      entity: `erasure/${erasureId}`,
    } as const;
    if (left.length > 0) await raiseAlert(trx, { ...alert, detail: { left: left.map(({ what }) => what) } });
    else await clearAlert(trx, alert);
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

/** Takes up again an erasure that has left something here; what it says of vendors is asked anew. False: it has not. */
export async function reopenErasure(trx: Kysely<Database>, erasureId: string): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    UPDATE erasures SET status = 'erasing', finished_at = NULL,
      remains = (SELECT coalesce(jsonb_agg(one), '[]') FROM jsonb_array_elements(remains) one WHERE one->>'what' = 'messages')
    WHERE id = ${erasureId} AND status = 'partly-erased'
      AND remains @> ${JSON.stringify([{ vendor: OURS }])}::jsonb`.execute(trx);
  return numAffectedRows > 0n;
}
