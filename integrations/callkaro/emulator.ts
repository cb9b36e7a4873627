import { Hono } from 'hono';
import { z } from 'zod';
import type { Emulator, EmulatorAnswer, EmulatorKit } from '../../shared/emulator.ts';
import { answerPlan } from '../answer-plan.ts';
import { callkaroAccount } from './emulator/account.ts';
import { type CallRecord, planWebhooks } from './emulator/call-ended.ts';

export interface CallKaroEmulatorOptions {
  /** The only accepted `X-API-KEY`. */
  apiKey: string;
}

const outboundSchema = z.looseObject({
  to_number: z.string().regex(/^\+[1-9]\d{1,14}$/, 'must be a phone number in E.164 format'),
  agent_id: z.string().regex(/^[0-9a-f]{24}$/, 'must be an agent id'),
  metadata: z.record(z.string(), z.unknown()).default({}),
  number_of_retries: z.int().min(0).max(10).default(0),
});

const refuse = (status: number, message: string): EmulatorAnswer => ({
  status,
  body: { status: 'error', message },
});

/** The application's own key of a call, as it stands in its metadata. */
const keyOf = (body: unknown): string | null => {
  const key = (body as { metadata?: { attemptId?: unknown } } | null)?.metadata?.attemptId;
  return typeof key === 'string' ? key : null;
};

/** CallKaro's `POST /call/outbound` and its one webhook. There is nothing to read a call with. */
export function createCallKaroEmulator({ apiKey }: CallKaroEmulatorOptions): Emulator {
  return {
    vendor: 'callkaro',
    seed: (kit, data) => callkaroAccount(kit).seed(data),
    routes: (kit) => callkaroRoutes(kit, apiKey),
  };
}

function callkaroRoutes(kit: EmulatorKit, apiKey: string): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    if (c.req.header('x-api-key') === apiKey) return next();
    return c.json({ status: 'error', message: 'Invalid API key' }, 403);
  });
  app.post('/call/outbound', async (c) => {
    const request: unknown = await c.req.json().catch(() => null);
    return kit.execute(c, { operation: 'calls.create', key: keyOf(request), request }, () =>
      dial(kit, request),
    );
  });
  app.all('*', (c) => c.json({ status: 'error', message: 'Not found' }, 404));
  return app;
}

/** There is no idempotency: asking twice dials twice. */
function dial(kit: EmulatorKit, request: unknown): EmulatorAnswer {
  const parsed = outboundSchema.safeParse(request);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return refuse(400, `${issue?.path.join('.') || 'body'}: ${issue?.message}`);
  }
  const { to_number: to, agent_id: agentId, metadata } = parsed.data;
  const account = callkaroAccount(kit);
  const agent = account.agent(agentId);
  if (!agent) return refuse(404, 'Agent not found');
  const course = answerPlan(kit).next(to);
  const endsAt = Date.now() + course.ringMs + course.talkMs;
  const call: CallRecord = { sid: kit.nextId(''), agentId, to, metadata, course, endsAt, tryCount: 0 };
  kit.collection<CallRecord>('calls').put(call.sid, call);
  planWebhooks(kit, call, account.webhookUrls(agent));
  return { status: 200, body: { status: 'done', message: 'Call queued successfully', call_sid: call.sid } };
}
