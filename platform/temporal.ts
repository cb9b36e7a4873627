import { readFile } from 'node:fs/promises';
import {
  Client,
  Connection,
  type ConnectionLike,
  type ConnectionOptions,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowStartOptions,
} from '@temporalio/client';
import {
  defineSearchAttributeKey,
  type SearchAttributePair,
  SearchAttributeType,
  type SignalDefinition,
  TypedSearchAttributes,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@temporalio/common';
import type { WorkflowStart } from '../shared/workflow-start.ts';
import type { Env } from './env.ts';
import { traceClientInterceptor } from './trace.ts';

export const searchAttributes = {
  companyId: defineSearchAttributeKey('CompanyId', SearchAttributeType.KEYWORD),
  domain: defineSearchAttributeKey('Domain', SearchAttributeType.KEYWORD),
  entityId: defineSearchAttributeKey('EntityId', SearchAttributeType.KEYWORD),
  tags: defineSearchAttributeKey('Tags', SearchAttributeType.KEYWORD_LIST),
};

/** A server that does not answer must not hold a webhook or a start for longer than this. */
const RPC_DEADLINE_MS = 5_000;

/** Address, TLS and key of the Temporal server, from the settings. */
export async function temporalConnectionOptions(
  env: Env,
): Promise<Pick<ConnectionOptions, 'address' | 'apiKey' | 'tls'>> {
  const read = async (path: string | undefined) => (path ? await readFile(path) : undefined);
  const [crt, key, ca] = await Promise.all([
    read(env.TEMPORAL_TLS_CERT_PATH),
    read(env.TEMPORAL_TLS_KEY_PATH),
    read(env.TEMPORAL_TLS_CA_PATH),
  ]);
  const certificates = {
    ...(crt && key ? { clientCertPair: { crt, key } } : {}),
    ...(ca ? { serverRootCACertificate: ca } : {}),
  };
  return {
    address: env.TEMPORAL_ADDRESS,
    ...(env.TEMPORAL_API_KEY ? { apiKey: env.TEMPORAL_API_KEY } : {}),
    ...(env.TEMPORAL_TLS ? { tls: certificates } : {}),
  };
}

/** A client that connects on first use, so that a process can start while the server is still coming up. */
export async function createTemporalClient(env: Env): Promise<Client> {
  const connection = Connection.lazy(await temporalConnectionOptions(env));
  return tracedClient(connection, env);
}

/** A client whose starts carry the current trace. */
export function tracedClient(connection: ConnectionLike, env: Env): Client {
  return new Client({
    connection,
    namespace: env.TEMPORAL_NAMESPACE,
    interceptors: { workflow: [traceClientInterceptor] },
  });
}

/** How long the run is to sleep from now. */
function delayMsOf({ startDelayMs = 0, startAt }: WorkflowStart): number {
  return startAt === undefined ? startDelayMs : Math.max(0, Date.parse(startAt) - Date.now());
}

function toStartOptions(start: WorkflowStart): WorkflowStartOptions {
  const delayMs = delayMsOf(start);
  const { search } = start;
  const pairs: SearchAttributePair[] = [
    { key: searchAttributes.domain, value: search.domain },
    { key: searchAttributes.entityId, value: search.entityId },
    { key: searchAttributes.tags, value: search.tags },
  ];
  if (search.companyId) pairs.push({ key: searchAttributes.companyId, value: search.companyId });
  return {
    workflowId: start.workflowId,
    taskQueue: start.taskQueue,
    args: start.args,
    workflowIdReusePolicy:
      start.whenClosed === 'refuse'
        ? WorkflowIdReusePolicy.REJECT_DUPLICATE
        : WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
    priority: { priorityKey: start.priority, fairnessKey: start.fairnessKey },
    typedSearchAttributes: new TypedSearchAttributes(pairs),
    ...(delayMs > 0 ? { startDelay: delayMs } : {}),
  };
}

/** Starts and nudges runs; every start in the application goes through here. */
export interface WorkflowStarter {
  /**
   * Starts a run. False when its id is already taken (an open run, or a closed one that refuses); what the start
   * `tellsExisting` has then been told.
   */
  start(start: WorkflowStart): Promise<boolean>;
  /** Starts a run, or nudges the open one with the signal. */
  startOrSignal(start: WorkflowStart, signal: SignalDefinition | string): Promise<void>;
  /** Nudges an open run; throws when there is none. */
  signal(workflowId: string, signal: string): Promise<void>;
}

/**
 * `eager` is a client on the `NativeConnection` of a worker in this process: the first workflow task then
 * comes back with the start. Delayed starts and signals go over the ordinary client.
 */
export function createWorkflowStarter(client: Client, eager?: Client): WorkflowStarter {
  const startOnce = async (start: WorkflowStart): Promise<boolean> => {
    const requestEagerStart = eager !== undefined && delayMsOf(start) === 0;
    const from = requestEagerStart ? eager : client;
    const options = { ...toStartOptions(start), requestEagerStart };
    try {
      await from.withDeadline(Date.now() + RPC_DEADLINE_MS, () =>
        from.workflow.start(start.workflowType, options),
      );
      return true;
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
      throw error;
    }
  };
  const signalWithStart = (start: WorkflowStart, signal: SignalDefinition | string, args: unknown[] = []) =>
    client.withDeadline(Date.now() + RPC_DEADLINE_MS, () =>
      client.workflow.signalWithStart<(...args: unknown[]) => Promise<unknown>, unknown[]>(
        start.workflowType,
        {
          ...toStartOptions(start),
          workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
          signal: typeof signal === 'string' ? signal : signal.name,
          signalArgs: args,
        },
      ),
    );
  const startOrTell = async (start: WorkflowStart): Promise<boolean> => {
    if (await startOnce(start)) return true;
    const { tellsExisting: news } = start;
    if (news) await signalWithStart({ ...start, whenClosed: 'start-again' }, news.signal, news.args);
    return false;
  };
  return {
    start: startOrTell,
    async startOrSignal(start, signal) {
      if (!(await startOrTell(start))) await signalWithStart(start, signal);
    },
    signal: (workflowId, signal) =>
      client.withDeadline(Date.now() + RPC_DEADLINE_MS, () =>
        client.workflow.getHandle(workflowId).signal(signal),
      ),
  };
}
