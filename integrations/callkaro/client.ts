import { z } from 'zod';
import type { CallProvider, Dial } from '../../shared/daily-calls/providers.ts';
import { classifyConnectionError, VendorError } from '../http.ts';
import { classifyCallAnswer, metadataOf, notSupported, unreadableAnswer } from '../outbound-call.ts';

export interface CallKaroConfig {
  /** `https://api.callkaro.ai` or the emulator's address. */
  baseUrl: string;
  apiKey: string;
  timeoutMs: number;
}

/** The documentation says `call_sid`; clients in use read `call_id`. */
const answerSchema = z
  .object({ call_sid: z.string().min(1).optional(), call_id: z.string().min(1).optional() })
  .transform(({ call_sid, call_id }) => call_sid ?? call_id);

/**
 * Calls through CallKaro (`POST /call/outbound`). A call can neither be looked up nor asked for afterwards, so a
 * lost answer stays unknown. Throws `VendorError`; nothing is retried here, nor at CallKaro (`number_of_retries`).
 */
export function createCallKaroDialer({ baseUrl, apiKey, timeoutMs }: CallKaroConfig): CallProvider {
  return {
    name: 'callkaro',
    capabilities: { canLookUp: false, canPoll: false, signsWebhooks: false, sendsStarted: false },

    async dial(call) {
      let response: Response;
      let body: string;
      try {
        response = await fetch(`${baseUrl}/call/outbound`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
          body: JSON.stringify(requestBody(call)),
          redirect: 'error',
          signal: AbortSignal.timeout(timeoutMs),
        });
        body = await response.text();
      } catch (error) {
        throw new VendorError(classifyConnectionError(error));
      }
      if (!response.ok) {
        throw new VendorError(
          classifyCallAnswer('callkaro', response.status, response.headers.get('retry-after')),
        );
      }
      const providerCallId = readCallId(body);
      if (!providerCallId) throw unreadableAnswer('callkaro');
      return { providerCallId };
    },

    async findByAttempt() {
      throw notSupported('callkaro', 'look a call up');
    },
    async fetchCall() {
      throw notSupported('callkaro', 'show a call');
    },
  };
}

/** The prompt reads `{{metadata.name}}`: words and ids share one object, and all of it is echoed. */
const requestBody = (call: Dial) => ({
  to_number: call.to,
  agent_id: call.agentRef,
  metadata: { ...call.variables, ...metadataOf(call) },
  number_of_retries: 0,
});

function readCallId(body: string): string | undefined {
  try {
    return answerSchema.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}
