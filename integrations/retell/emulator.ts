import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { Emulator, EmulatorAnswer, EmulatorKit } from '../../shared/emulator.ts';
import { type CallRecord, keyOf, visibleCall } from './emulator/call.ts';
import { concurrency, createPhoneCallSchema, dial } from './emulator/dial.ts';
import { listV2, listV2Schema, listV3, listV3Schema } from './emulator/list.ts';
import { retellOrg } from './emulator/org.ts';
import { playCall, playSchema } from './emulator/play.ts';
import { recordingOf } from './emulator/recording.ts';
import { signedHeaders } from './emulator/webhooks.ts';

const DEFAULT_CONCURRENCY = 20;
const MAX_METADATA_BYTES = 50_000;

export interface RetellEmulatorOptions {
  /** The only accepted Bearer key. */
  apiKey: string;
  /** Signs the webhooks. */
  webhookKey: string;
  /** Numbers that the account owns from the start, E.164. */
  numbers?: string[];
}

const updateSchema = z.looseObject({
  metadata: z
    .unknown()
    .refine((value) => JSON.stringify(value ?? null).length <= MAX_METADATA_BYTES, 'must be at most 50kB')
    .optional(),
  data_storage_setting: z.enum(['everything', 'everything_except_pii', 'basic_attributes_only']).optional(),
});

const failed = (status: number, message: string): EmulatorAnswer => ({
  status,
  body: { status: 'error', message },
});
/** An unknown id is a 422, not a 404. */
const unknownAsset = failed(422, 'Cannot find requested asset under given api key.');

async function readBody<T extends z.ZodType>(c: Context, schema: T): Promise<z.output<T>> {
  const text = await c.req.text();
  return schema.parse(text === '' ? {} : JSON.parse(text));
}

/** Retell's REST API and, at `_emulator/calls`, the telephone: it plays inbound calls. */
export function createRetellEmulator({ apiKey, webhookKey, numbers }: RetellEmulatorOptions): Emulator {
  return {
    vendor: 'retell',
    seed: (kit, data) => retellOrg(kit).seed(data),
    webhookHeaders: (_kit, webhook) => signedHeaders(webhook, webhookKey),
    routes: (kit) => retellRoutes(kit, apiKey, numbers),
  };
}

function retellRoutes(kit: EmulatorKit, apiKey: string, numbers: string[] = []): Hono {
  const org = retellOrg(kit, numbers);
  const calls = kit.collection<CallRecord>('calls');
  const shown = (id: string) => {
    const record = calls.get(id);
    return record && visibleCall(record, Date.now());
  };
  const allShown = () => calls.values().map((record) => visibleCall(record, Date.now()));
  /** Changes a call, or answers 422 when there is none. */
  const change = (
    c: Context,
    operation: string,
    status: number,
    next: (record: CallRecord) => CallRecord,
  ) => {
    const id = c.req.param('id') ?? '';
    const key = keyOf(calls.get(id)?.outcome.metadata);
    return kit.execute(c, { operation, key, request: { call_id: id } }, () => {
      const record = calls.get(id);
      if (!record) return unknownAsset;
      const changed = next(record);
      calls.put(id, changed);
      return { status, body: visibleCall(changed, Date.now()) };
    });
  };

  const app = new Hono();
  app.onError((error, c) => {
    if (error instanceof z.ZodError) {
      const [issue] = error.issues;
      const message = `${issue?.path.join('.') || 'body'}: ${issue?.message}`;
      return c.json({ status: 'error', message }, 400);
    }
    if (error instanceof SyntaxError) {
      return c.json({ status: 'error', message: 'Request body is not valid JSON.' }, 400);
    }
    throw error;
  });

  app.post('/_emulator/calls', async (c) => {
    const { port } = new URL(c.req.url);
    const base = `http://127.0.0.1:${port}/${kit.vendor}`;
    const { status, body } = playCall(kit, org, await readBody(c, playSchema), base);
    return c.json(body as object, status as 201 | 400);
  });

  /** The address is its own permission, as at the vendor. */
  app.get('/recordings/:id/recording.wav', (c) =>
    kit.read(c, 'recordings.get', () => {
      const call = shown(c.req.param('id'));
      return call?.recording_url
        ? { status: 200, body: recordingOf(call), headers: { 'content-type': 'audio/wav' } }
        : { status: 404, body: 'not found' };
    }),
  );

  app.use(async (c, next) => {
    if (c.req.header('authorization') === `Bearer ${apiKey}`) return next();
    return c.json({ status: 'error', message: 'Invalid API Key' }, 401);
  });

  app.post('/v2/create-phone-call', async (c) => {
    const body = await readBody(c, createPhoneCallSchema);
    return kit.execute(c, { operation: 'calls.create', key: keyOf(body.metadata), request: body }, () =>
      dial(kit, org, body),
    );
  });
  app.get('/v2/get-call/:id', (c) =>
    kit.read(c, 'calls.get', () => {
      const call = shown(c.req.param('id'));
      return call ? { status: 200, body: call } : unknownAsset;
    }),
  );
  app.post('/v3/list-calls', async (c) => {
    const query = await readBody(c, listV3Schema);
    return kit.read(c, 'calls.list', () => listV3(allShown(), query));
  });
  app.post('/v2/list-calls', async (c) => {
    const query = await readBody(c, listV2Schema);
    return kit.read(c, 'calls.list', () => listV2(allShown(), query));
  });
  app.patch('/v2/update-call/:id', async (c) => {
    const patch = await readBody(c, updateSchema);
    return change(c, 'calls.update', 200, (record) => ({
      ...record,
      outcome: {
        ...record.outcome,
        ...('metadata' in patch && { metadata: patch.metadata }),
        ...(patch.data_storage_setting && { data_storage_setting: patch.data_storage_setting }),
      },
    }));
  });
  /** The vendor charges for this; an analysis that was late is there afterwards. */
  app.put('/rerun-call-analysis/:id', (c) =>
    change(c, 'calls.rerunAnalysis', 201, (record) => ({
      ...record,
      analyzedAt: record.outcome.call_analysis ? Date.now() : null,
    })),
  );
  app.delete('/v2/delete-call/:id', (c) => {
    const id = c.req.param('id');
    return kit.execute(c, { operation: 'calls.delete', key: null, request: { call_id: id } }, () => {
      if (!calls.get(id)) return unknownAsset;
      calls.delete(id);
      return { status: 204, body: null };
    });
  });
  app.get('/get-concurrency', (c) =>
    kit.read(c, 'concurrency.get', () => {
      const limit = org.concurrencyLimit() ?? DEFAULT_CONCURRENCY;
      return {
        status: 200,
        body: {
          current_concurrency: concurrency(calls.values(), Date.now()),
          concurrency_limit: limit,
          base_concurrency: limit,
          purchased_concurrency: 0,
          concurrency_purchase_limit: 100,
          remaining_purchase_limit: 100,
          concurrency_burst_enabled: false,
          concurrency_burst_limit: 0,
          reserved_inbound_concurrency: 0,
        },
      };
    }),
  );
  app.all('*', (c) => c.json({ status: 'error', message: `Cannot ${c.req.method} ${c.req.path}` }, 404));
  return app;
}
