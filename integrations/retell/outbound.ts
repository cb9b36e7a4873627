import Retell from 'retell-sdk';
import type { CallProvider } from '../../shared/daily-calls/providers.ts';
import type { VendorFailure } from '../../shared/failures.ts';
import { classifyConnectionError, VendorError } from '../http.ts';
import { classifyCallAnswer, metadataOf, unreadableAnswer } from '../outbound-call.ts';

export interface RetellDialerConfig {
  baseUrl: string;
  apiKey: string;
  /** Our number at Retell, E.164. */
  fromNumber: string;
  timeoutMs: number;
}

/** Calls through Retell's own library, without its retries. Throws `VendorError`. */
export function createRetellDialer({
  baseUrl,
  apiKey,
  fromNumber,
  timeoutMs,
}: RetellDialerConfig): CallProvider {
  const sdk = new Retell({ apiKey, baseURL: baseUrl, timeout: timeoutMs, maxRetries: 0 });
  const request = async <T>(send: () => PromiseLike<T>): Promise<T> => {
    try {
      return await send();
    } catch (error) {
      throw new VendorError(classifyDialError(error));
    }
  };
  return {
    name: 'retell',
    capabilities: { canLookUp: true, canPoll: true, signsWebhooks: true, sendsStarted: true },

    async dial(call) {
      const made = await request(() =>
        sdk.call.createPhoneCall({
          from_number: fromNumber,
          to_number: call.to,
          override_agent_id: call.agentRef,
          retell_llm_dynamic_variables: call.variables,
          metadata: metadataOf(call),
        }),
      );
      if (!made.call_id) throw unreadableAnswer('retell');
      return { providerCallId: made.call_id };
    },

    // Not narrowed by time: a registered call has no start yet.
    async findByAttempt({ attemptId }) {
      const { items } = await request(() =>
        sdk.call.list({
          limit: 1,
          filter_criteria: { metadata: [{ type: 'string', op: 'eq', key: 'attemptId', value: attemptId }] },
        }),
      );
      const id = items?.[0]?.call_id;
      return id === undefined ? null : { providerCallId: id };
    },

    async fetchCall(providerCallId) {
      const response = await request(() => sdk.call.retrieve(providerCallId).asResponse());
      return Buffer.from(await request(() => response.arrayBuffer()));
    },
  };
}

function classifyDialError(error: unknown): VendorFailure {
  if (error instanceof Retell.APIError && typeof error.status === 'number') {
    return classifyCallAnswer('retell', error.status, error.headers?.get('retry-after'));
  }
  return classifyConnectionError(error);
}
