import Retell from 'retell-sdk';
import type { VendorFailure } from '../../shared/failures.ts';
import { classifyConnectionError, classifyStatus, VendorError } from '../http.ts';
import { openRecording, type Recording } from './recording.ts';
import { type RetellCall, retellCallSchema, retellEventSchema } from './webhook.ts';

export interface RetellConfig {
  baseUrl: string;
  apiKey: string;
  timeoutMs: number;
}

/** Reads calls at Retell. Throws `VendorError`; the SDK's own retries are off. */
export interface RetellClient {
  /** The call as Retell has it now, or null when Retell does not know it (it answers 422, not 404). */
  findCall(callId: string): Promise<RetellCall | null>;
  /** The recording at an address that Retell gave. Throws `VendorError`; a recording that is gone is `rejected`. */
  openRecording(url: string, signal: AbortSignal): Promise<Recording>;
  /** Deletes the call with all that was said in it; null: Retell does not know it (any more). */
  deleteCall(callId: string): Promise<object | null>;
  /** The call inside an event that was verified and stored before. */
  readEvent(body: Buffer): { event: string; call: RetellCall };
  /** Proves key and connection; changes nothing, and costs nothing. */
  ping(): Promise<void>;
}

export function createRetellClient(config: RetellConfig): RetellClient {
  const sdk = new Retell({
    apiKey: config.apiKey,
    baseURL: config.baseUrl,
    timeout: config.timeoutMs,
    maxRetries: 0,
  });
  return {
    async findCall(callId) {
      try {
        return retellCallSchema.parse(await sdk.call.retrieve(callId));
      } catch (error) {
        if (isUnknown(error)) return null;
        throw new VendorError(classifyRetellError(error));
      }
    },
    openRecording: (url, signal) => openRecording(new URL(config.baseUrl), url, signal),
    async deleteCall(callId) {
      try {
        await sdk.call.delete(callId);
        return {};
      } catch (error) {
        if (isUnknown(error)) return null;
        throw new VendorError(classifyRetellError(error));
      }
    },
    async ping() {
      try {
        await sdk.concurrency.retrieve();
      } catch (error) {
        throw new VendorError(classifyRetellError(error));
      }
    },
    readEvent: (body) => retellEventSchema.parse(JSON.parse(body.toString())),
  };
}

const isUnknown = (error: unknown) =>
  error instanceof Retell.APIError && (error.status === 422 || error.status === 404);

function classifyRetellError(error: unknown): VendorFailure {
  if (error instanceof Retell.APIError && typeof error.status === 'number') {
    return classifyStatus(error.status, String(error.status), `Retell answered ${error.status}`);
  }
  return classifyConnectionError(error);
}
