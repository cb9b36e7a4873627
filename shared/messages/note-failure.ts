import { findFailure } from '../failures.ts';

/** Writes on a message that it did not go out, or that nobody knows. */
export type FailMessage = (status: 'failed' | 'unknown', reason: string) => Promise<void>;

/** Sends, and writes a final failure on the message before it is thrown on; that it was sent the effect itself writes. */
export async function noteFailure<T>(fail: FailMessage, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    const failed = findFailure(error);
    if (failed?.type === 'EffectUnknown') await fail('unknown', failed.type);
    if (failed?.type === 'VendorRejected') {
      const detail = failed.details?.[0] as { code?: string } | undefined;
      await fail('failed', detail?.code ?? failed.type);
    }
    throw error;
  }
}
