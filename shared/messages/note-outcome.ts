import { findFailure } from '../failures.ts';

/** Writes on a message how it ended. */
export type FinishMessage = (
  status: 'sent' | 'failed' | 'unknown',
  reason: string | null,
  vendorRef: string | null,
) => Promise<void>;

/**
 * Sends and writes on the message how it ended; a final failure is also thrown on. Null: it was not sent, and
 * nothing is written.
 */
export async function noteOutcome(finish: FinishMessage, send: () => Promise<object | null>): Promise<void> {
  try {
    const sent = await send();
    if (!sent) return;
    await finish('sent', null, 'sid' in sent ? String(sent.sid) : null);
  } catch (error) {
    const failed = findFailure(error);
    if (failed?.type === 'EffectUnknown') await finish('unknown', failed.type, null);
    if (failed?.type === 'VendorRejected') {
      const detail = failed.details?.[0] as { code?: string } | undefined;
      await finish('failed', detail?.code ?? failed.type, null);
    }
    throw error;
  }
}
