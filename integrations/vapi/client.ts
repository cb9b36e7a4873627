import type { VapiClient } from '@vapi-ai/server-sdk';
import type { CallProvider } from '../../shared/daily-calls/providers.ts';
import type { VendorFailure } from '../../shared/failures.ts';
import { classifyConnectionError, VendorError } from '../http.ts';
import {
  attemptIdOf,
  classifyCallAnswer,
  echoedMetadata,
  metadataOf,
  unreadableAnswer,
} from '../outbound-call.ts';

export interface VapiConfig {
  /** `https://api.vapi.ai` or the emulator's address. */
  baseUrl: string;
  apiKey: string;
  /** Our number at Vapi, by its id. */
  phoneNumberId: string;
  timeoutMs: number;
}

const PAGE_SIZE = 100;
/** Vapi's clock and ours differ. */
const CLOCK_TOLERANCE_MS = 60_000;

/**
 * Calls through Vapi's own library, without its retries. Throws `VendorError`. The library is loaded with the first
 * request: its 4,000 modules cost half a second and 80 MB, which only a process that calls with Vapi should pay.
 */
export function createVapiDialer(config: VapiConfig): CallProvider {
  let loaded: Promise<VapiClient> | undefined;
  const connect = async () => {
    const sdk = await import('@vapi-ai/server-sdk');
    return new sdk.VapiClient({
      token: config.apiKey,
      baseUrl: config.baseUrl,
      timeoutInSeconds: config.timeoutMs / 1000,
      maxRetries: 0,
    });
  };
  const request = async <T>(send: (vapi: VapiClient) => PromiseLike<T>): Promise<T> => {
    loaded ??= connect();
    const vapi = await loaded;
    try {
      return await send(vapi);
    } catch (error) {
      throw new VendorError(classifyVapiError(error));
    }
  };

  return {
    name: 'vapi',
    capabilities: { canLookUp: true, canPoll: true, signsWebhooks: true, sendsStarted: true },

    async dial(call) {
      const made = await request((vapi) =>
        vapi.calls.create({
          assistantId: call.agentRef,
          phoneNumberId: config.phoneNumberId,
          customer: { number: call.to },
          assistantOverrides: { variableValues: call.variables, metadata: metadataOf(call) },
        }),
      );
      if (!('id' in made) || !made.id) throw unreadableAnswer('vapi');
      return { providerCallId: made.id };
    },

    async findByAttempt({ attemptId, dialledAfter }) {
      // Calls cannot be filtered by metadata. The list is newest first; a page goes on where the last one ended.
      const createdAtGe = new Date(dialledAfter.getTime() - CLOCK_TOLERANCE_MS).toISOString();
      const seen = new Set<string>();
      let createdAtLe: string | undefined;
      for (;;) {
        const page = await request((vapi) =>
          vapi.calls.list({
            limit: PAGE_SIZE,
            phoneNumberId: config.phoneNumberId,
            createdAtGe,
            ...(createdAtLe === undefined ? {} : { createdAtLe }),
          }),
        );
        const found = page.find(
          ({ assistantOverrides }) =>
            attemptIdOf(echoedMetadata.parse(assistantOverrides?.metadata)) === attemptId,
        );
        if (found) return { providerCallId: found.id };
        const fresh = page.filter(({ id }) => !seen.has(id));
        if (page.length < PAGE_SIZE) return null;
        // A full page of one and the same millisecond hides what is behind it.
        if (fresh.length === 0) throw new VendorError(endlessPage);
        for (const { id } of fresh) seen.add(id);
        createdAtLe = page.at(-1)?.createdAt;
      }
    },

    async fetchCall(providerCallId) {
      return Buffer.from(JSON.stringify(await request((vapi) => vapi.calls.get({ id: providerCallId }))));
    },
  };
}

const endlessPage: VendorFailure = {
  kind: 'unknown-outcome',
  code: 'endless-page',
  message: 'vapi listed more calls of one moment than a page holds',
};

/** The library's error classes are not at hand before it is loaded; its status and headers tell enough. */
function classifyVapiError(error: unknown): VendorFailure {
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') {
    const { rawResponse } = error as { rawResponse?: { headers: Headers } };
    return classifyCallAnswer('vapi', error.statusCode, rawResponse?.headers.get('retry-after'));
  }
  return classifyConnectionError(error);
}
