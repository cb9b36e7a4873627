import { type Context, Hono } from 'hono';
import type { z } from 'zod';
import type { Emulator, EmulatorAnswer, EmulatorKit } from '../../shared/emulator.ts';
import { answerPlan } from '../answer-plan.ts';
import { type CallRecord, keyOf, newCall, visibleCall } from './emulator/call.ts';
import { createCallSchema, listCallsSchema } from './emulator/create-call.ts';
import { vapiOrg } from './emulator/org.ts';
import { messageHeaders, planMessages } from './emulator/server-messages.ts';

export interface VapiEmulatorOptions {
  /** The only accepted Bearer key. */
  apiKey: string;
  /** Proves the server messages. */
  webhookSecret: string;
  /** Numbers that the organisation owns from the start, by id. */
  phoneNumberIds?: string[];
}

const errors = { 400: 'Bad Request', 401: 'Unauthorized', 404: 'Not Found' } as const;
const refuse = (status: keyof typeof errors, message: string | string[]): EmulatorAnswer => ({
  status,
  body: { message, error: errors[status], statusCode: status },
});
const refuseFields = ({ issues }: z.ZodError) =>
  refuse(
    400,
    issues.map(({ path, message }) => `${path.join('.') || 'body'} ${message}`),
  );

/** The part of Vapi's API that places, shows and lists outbound phone calls, with its server messages. */
export function createVapiEmulator(options: VapiEmulatorOptions): Emulator {
  return {
    vendor: 'vapi',
    seed: (kit, data) => vapiOrg(kit).seed(data),
    webhookHeaders: (_kit, webhook) => messageHeaders(webhook, options.webhookSecret),
    routes: (kit) => vapiRoutes(kit, options),
  };
}

function vapiRoutes(kit: EmulatorKit, { apiKey, phoneNumberIds = [] }: VapiEmulatorOptions): Hono {
  const calls = kit.collection<CallRecord>('calls');
  const answer = (c: Context, { status, body }: EmulatorAnswer) => c.json(body as object, status as 401);
  const app = new Hono();

  app.use(async (c, next) => {
    if (c.req.header('authorization') === `Bearer ${apiKey}`) return next();
    return answer(
      c,
      refuse(
        401,
        'Invalid Key. Hot tip, you may be using the private key instead of the public key, or vice versa.',
      ),
    );
  });

  app.post('/call', async (c) => {
    const request: unknown = await c.req.json().catch(() => null);
    return kit.execute(c, { operation: 'calls.create', key: keyOf(request), request }, () =>
      dial(kit, request, phoneNumberIds),
    );
  });
  app.get('/call/:id', (c) =>
    kit.read(c, 'calls.get', () => {
      const call = calls.get(c.req.param('id'));
      return call
        ? { status: 200, body: visibleCall(call, Date.now()) }
        : refuse(404, `Call with ID ${c.req.param('id')} not found.`);
    }),
  );
  app.get('/call', (c) =>
    kit.read(c, 'calls.list', () => {
      const query = listCallsSchema.safeParse(c.req.query());
      return query.success ? list(calls.values(), query.data) : refuseFields(query.error);
    }),
  );
  app.all('*', (c) => answer(c, refuse(404, `Cannot ${c.req.method} ${c.req.path}`)));
  return app;
}

/** There is no idempotency: asking twice dials twice. */
function dial(kit: EmulatorKit, body: unknown, phoneNumberIds: string[]): EmulatorAnswer {
  const parsed = createCallSchema.safeParse(body);
  if (!parsed.success) return refuseFields(parsed.error);
  const request = parsed.data;
  const org = vapiOrg(kit);
  const assistant = org.assistant(request.assistantId);
  if (!assistant) {
    return refuse(400, `Couldn't Get Assistant. \`assistantId\` ${request.assistantId} Does Not Exist.`);
  }
  if (!phoneNumberIds.includes(request.phoneNumberId) && !org.ownsNumber(request.phoneNumberId)) {
    return refuse(
      400,
      `Couldn't Get Phone Number. \`phoneNumberId\` ${request.phoneNumberId} Does Not Exist.`,
    );
  }
  const call = newCall(kit, request, answerPlan(kit).next(request.customer.number), Date.now());
  kit.collection<CallRecord>('calls').put(call.id, call);
  const server = org.server(assistant);
  if (server) planMessages(kit, call, server);
  return { status: 201, body: visibleCall(call, call.createdAt) };
}

/** Newest first, and no cursor: the next page is asked for by time. */
function list(records: CallRecord[], query: z.output<typeof listCallsSchema>): EmulatorAnswer {
  const { id, assistantId, phoneNumberId, limit, createdAtGt, createdAtGe, createdAtLt, createdAtLe } = query;
  const found = records.filter(
    (call) =>
      (id === undefined || call.id === id) &&
      (assistantId === undefined || call.request.assistantId === assistantId) &&
      (phoneNumberId === undefined || call.request.phoneNumberId === phoneNumberId) &&
      call.createdAt > (createdAtGt ?? -Infinity) &&
      call.createdAt >= (createdAtGe ?? -Infinity) &&
      call.createdAt < (createdAtLt ?? Infinity) &&
      call.createdAt <= (createdAtLe ?? Infinity),
  );
  const page = found.toSorted((a, b) => b.createdAt - a.createdAt).slice(0, limit);
  const now = Date.now();
  return { status: 200, body: page.map((call) => visibleCall(call, now)) };
}
