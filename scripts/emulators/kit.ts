import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import type {
  EmulatorAnswer,
  EmulatorKit,
  FaultMode,
  FaultPlan,
  OutgoingWebhook,
} from '../../shared/emulator.ts';
import type { FaultBook } from './faults.ts';
import type { RequestLog } from './requests.ts';
import type { EmulatorStore } from './store.ts';

const REQUEST_MODES: readonly FaultMode[] = ['before', 'executed-then-drop', 'delay', 'status'];

/** Cuts the connection without an answer. */
function drop(c: Context): Response {
  c.env.incoming.socket.destroy();
  return RESPONSE_ALREADY_SENT;
}

function respond({ status, body, headers }: EmulatorAnswer): Response {
  if (body === undefined || body === null) return new Response(null, { status, headers: headers ?? {} });
  return typeof body === 'string' || body instanceof Uint8Array
    ? new Response(body as string | Uint8Array<ArrayBuffer>, { status, headers: headers ?? {} })
    : new Response(JSON.stringify(body), {
        status,
        headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
      });
}

/** Answers as the fault orders; `work` is what would have been done undisturbed. */
async function underFault(
  c: Context,
  fault: FaultPlan | null,
  work: () => EmulatorAnswer,
): Promise<Response> {
  switch (fault?.mode) {
    case 'before':
      return drop(c);
    case 'status':
      return respond({ status: fault.status ?? 500, body: fault.body, headers: fault.headers ?? {} });
    case 'executed-then-drop':
      work();
      return drop(c);
    case 'delay': {
      // Done at once and told late: a caller that gives up early has still caused the effect.
      const answer = work();
      await sleep(fault.delayMs);
      return respond(answer);
    }
    default:
      return respond(work());
  }
}

/** What the host lends to the emulator of `vendor`. */
export function createKit(
  vendor: string,
  store: EmulatorStore,
  faults: FaultBook,
  requests: RequestLog,
  enqueue: (vendor: string, webhook: OutgoingWebhook) => void,
): EmulatorKit {
  const takeFault = (operation: string) => faults.take(vendor, operation, REQUEST_MODES);
  return {
    vendor,
    collection: (name) => store.collection(vendor, name),
    execute(c, operation, perform) {
      requests.name(c, operation.operation);
      return underFault(c, takeFault(operation.operation), () => {
        const { result } = store.commit(() => {
          const answer = perform();
          const { status, body } = answer;
          const entry = { vendor, ...operation, status, response: body ?? null };
          return { result: answer, entry, keep: status < 400 };
        });
        return result;
      });
    },
    read(c, operation, answer) {
      requests.name(c, operation);
      return underFault(c, takeFault(operation), answer);
    },
    record(operation, status, response, change) {
      const { entry } = store.commit(() => {
        change?.();
        return { result: null, entry: { vendor, ...operation, status, response }, keep: true };
      });
      if (!entry) throw new Error('A recorded operation has no ledger row.');
      return entry;
    },
    fault: takeFault,
    change(write) {
      store.commit(() => {
        write();
        return { result: null, keep: true };
      });
    },
    deliver: (webhook) => enqueue(vendor, webhook),
    nextId: (prefix) => `${prefix}${randomUUID().replaceAll('-', '')}`,
  };
}
