import { Hono } from 'hono';
import type { Emulator, EmulatorAnswer, EmulatorKit } from '../../shared/emulator.ts';
import { completion, conversationOf } from './emulator/completion.ts';
import { models, readRequest, refusal, unknownModel } from './emulator/request-rules.ts';
import { scriptedAnswerSchema, scriptedAnswers, takeScriptedAnswer } from './emulator/scripted-answers.ts';

export interface OpenaiEmulatorOptions {
  apiKey: string;
}

/**
 * An OpenAI-compatible server with a deterministic model. Answers come from `POST /_emulator/answers` or, for
 * the schemas `call_wish` and `daily_call_analysis`, from small readers of transcripts.
 */
export function createOpenaiEmulator(options: OpenaiEmulatorOptions): Emulator {
  return { vendor: 'openai', routes: (kit) => routes(kit, options) };
}

const modelObject = (id: string) => ({ id, object: 'model', created: 1_767_225_600, owned_by: 'emulator' });

function refuseKey(authorization: string | undefined, apiKey: string): EmulatorAnswer | null {
  const given = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
  if (given === apiKey) return null;
  if (!given)
    return refusal(401, "You didn't provide an API key. You need to provide it in an Authorization header.");
  const shown = `${given.slice(0, 3)}${'*'.repeat(8)}${given.slice(-4)}`;
  return refusal(401, `Incorrect API key provided: ${shown}.`, { code: 'invalid_api_key' });
}

function routes(kit: EmulatorKit, { apiKey }: OpenaiEmulatorOptions): Hono {
  const app = new Hono();
  const send = ({ status, body }: EmulatorAnswer) => Response.json(body, { status });

  app.post('/_emulator/answers', async (c) => {
    const answer = { id: kit.nextId('answer_'), ...scriptedAnswerSchema.parse(await c.req.json()) };
    scriptedAnswers(kit).put(answer.id, answer);
    return c.json(answer, 201);
  });
  app.get('/_emulator/answers', (c) => c.json(scriptedAnswers(kit).values()));
  app.delete('/_emulator/answers', (c) => {
    const queue = scriptedAnswers(kit);
    kit.change(() => {
      for (const { id } of queue.values()) queue.delete(id);
    });
    return c.body(null, 204);
  });

  app.use('/v1/*', async (c, next) => {
    c.header('x-request-id', kit.nextId('req_'));
    const refused = refuseKey(c.req.header('authorization'), apiKey);
    return refused ? send(refused) : next();
  });

  app.get('/v1/models', (c) =>
    kit.read(c, 'models.list', () => ({
      status: 200,
      body: { object: 'list', data: models.map(modelObject) },
    })),
  );
  app.get('/v1/models/:id', (c) =>
    kit.read(c, 'models.get', () => {
      const id = c.req.param('id');
      return models.includes(id) ? { status: 200, body: modelObject(id) } : unknownModel(id);
    }),
  );

  app.post('/v1/chat/completions', async (c) => {
    const body: unknown = await c.req.json().catch(() => undefined);
    const operation = {
      operation: 'chat.completions',
      key: c.req.header('idempotency-key') ?? null,
      request: body,
    };
    return kit.execute(c, operation, () => {
      if (body === undefined) return refusal(400, 'We could not parse the JSON body of your request.');
      const read = readRequest(body);
      if ('refused' in read) return read.refused;
      const script = takeScriptedAnswer(kit, conversationOf(read.request));
      return { status: 200, body: completion(read.request, kit.nextId('chatcmpl-'), script, new Date()) };
    });
  });

  app.all('/v1/*', (c) => send(refusal(404, `Invalid URL (${c.req.method} ${c.req.path})`)));
  return app;
}
