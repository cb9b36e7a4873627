import type { Context, Hono } from 'hono';
import { z } from 'zod';
import type { EmulatorAnswer, EmulatorKit } from '../../../shared/emulator.ts';
import type { Books } from './books.ts';
import { answerOf, refusalOfInput, StripeRefusal } from './errors.ts';
import { parseForm } from './form.ts';
import { API_VERSION } from './wire.ts';

/** What was answered under an idempotency key. */
interface KeptAnswer {
  fingerprint: string;
  status: number;
  body: unknown;
}

/** Where the vendor's operations are put; `work` throws a `StripeRefusal` for what it refuses. */
export interface Routes {
  get<S extends z.ZodType>(
    path: string,
    operation: string,
    query: S,
    work: (query: z.output<S>, id: string) => unknown,
  ): void;
  post<S extends z.ZodType>(
    path: string,
    operation: string,
    body: S,
    work: (body: z.output<S>, id: string, c: Context) => unknown,
  ): void;
  remove(path: string, operation: string, work: (id: string) => unknown): void;
}

/**
 * Routes with what stands before all of them: key and version, the fault plan, and idempotency keys. The first answer
 * of a key is kept once the work has begun, failures of the vendor included; refusals of the input are not.
 */
export function stripeRoutes(app: Hono, kit: EmulatorKit, books: Books, apiKey: string): Routes {
  const answers = kit.collection<KeptAnswer>('idempotency');
  const underWay = new Set<string>();

  app.use('/v1/*', guard(apiKey));
  app.use('/v2/*', guard(apiKey));

  const work = (act: () => unknown): EmulatorAnswer & { changes?: (() => void) | null } => {
    try {
      return { status: 200, body: act() };
    } catch (error) {
      const refusal = error instanceof z.ZodError ? refusalOfInput(error) : error;
      if (!(refusal instanceof StripeRefusal)) throw error;
      return { ...answerOf(refusal), changes: refusal.changes };
    }
  };

  async function write(c: Context, operation: string, text: string, act: () => unknown): Promise<Response> {
    const key = c.req.method === 'POST' ? (c.req.header('idempotency-key') ?? null) : null;
    const fingerprint = `${c.req.path}?${text}`;
    if (key !== null && key.length > 255) throw tooLongKey();
    if (key !== null && underWay.has(key)) throw keyInUse(key);
    const kept = key === null ? undefined : answers.get(key);
    if (kept) {
      if (kept.fingerprint !== fingerprint) throw otherParameters(key!);
      const { status, body } = kept;
      return kit.read(c, operation, () => ({ status, body, headers: { 'idempotent-replayed': 'true' } }));
    }
    if (key !== null) underWay.add(key);
    const keep = (status: number, body: unknown) => {
      if (key !== null) answers.put(key, { fingerprint, status, body });
    };
    books.cause = { requestId: requestId(c), idempotencyKey: key };
    let late: (() => void) | null = null;
    try {
      const request = parseForm(text);
      const response = await kit.execute(c, { operation, key: ownKey(request) ?? key, request }, () => {
        books.cause = { requestId: requestId(c), idempotencyKey: key };
        const { changes, ...answer } = work(act);
        if (answer.status < 400) keep(answer.status, answer.body);
        if (changes) {
          late = () => {
            changes();
            keep(answer.status, answer.body);
          };
        }
        return answer;
      });
      if (late) kit.change(late);
      else if (response.status >= 500) {
        const body: unknown = await response
          .clone()
          .json()
          .catch(() => ({}));
        kit.change(() => keep(response.status, body));
      }
      return response;
    } finally {
      if (key !== null) underWay.delete(key);
    }
  }

  return {
    get: (path, operation, schema, act) =>
      void app.get(path, (c) =>
        kit.read(c, operation, () =>
          work(() =>
            act(schema.parse(parseForm(new URL(c.req.url).search.slice(1))), c.req.param('id') ?? ''),
          ),
        ),
      ),
    post: (path, operation, schema, act) =>
      void app.post(path, async (c) => {
        const text = await c.req.text();
        return write(c, operation, text, () =>
          act(schema.parse(parseForm(text)), c.req.param('id') ?? '', c),
        );
      }),
    remove: (path, operation, act) =>
      void app.delete(path, (c) => write(c, operation, '', () => act(c.req.param('id') ?? ''))),
  };
}

const requestIds = new WeakMap<Request, string>();

/** `req_…`, the same for the whole request. */
export function requestId(c: Context): string {
  const known = requestIds.get(c.req.raw);
  if (known) return known;
  const made = `req_${crypto.randomUUID().replaceAll('-', '').slice(0, 14)}`;
  requestIds.set(c.req.raw, made);
  return made;
}

/** Our own key as it stands in the metadata. */
function ownKey(request: ReturnType<typeof parseForm>): string | null {
  const { metadata } = request;
  const key = typeof metadata === 'object' ? metadata.effect_key : undefined;
  return typeof key === 'string' ? key : null;
}

const guard =
  (apiKey: string) =>
  async (c: Context, next: () => Promise<void>): Promise<Response | undefined> => {
    const given = c.req.header('authorization');
    if (given !== `Bearer ${apiKey}`) {
      const message = given ? 'Invalid API Key provided: ********' : 'You did not provide an API key.';
      return c.json({ error: { type: 'invalid_request_error', message } }, 401);
    }
    const version = c.req.header('stripe-version');
    if (version !== API_VERSION) {
      // The vendor would answer in the shapes of that version; a client that relies on that must fail here.
      const message = `This emulator speaks ${API_VERSION} only, not ${version ?? 'the account default'}.`;
      return c.json({ error: { type: 'invalid_request_error', message } }, 400);
    }
    await next();
    return undefined;
  };

const tooLongKey = () =>
  new StripeRefusal(400, {
    type: 'invalid_request_error',
    message: 'Idempotency keys cannot be longer than 255 characters.',
  });
const otherParameters = (key: string) =>
  new StripeRefusal(400, {
    type: 'idempotency_error',
    message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
  });
const keyInUse = (key: string) =>
  new StripeRefusal(409, {
    type: 'api_error',
    code: 'idempotency_key_in_use',
    message: `There is currently another in-progress request using this Idempotent Key: ${key}`,
  });
