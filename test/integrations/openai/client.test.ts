import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { classifyModelError, ModelAnswerError } from '../../../integrations/openai/client.ts';
import { errorOf, startOpenai, system, wishSchema } from './fixture.ts';

const call = "User: I'd like to book a women's haircut tomorrow at 3 pm. My name is Lena Hoffmann.";
const wish = {
  intent: 'book',
  service: 'womens-cut',
  staff: null,
  date: '2026-03-03',
  time: '15:00',
  customerName: 'Lena Hoffmann',
  customerEmail: null,
  confidence: 0.95,
  reason: 'because',
};

let openai: Awaited<ReturnType<typeof startOpenai>>;
beforeAll(async () => {
  openai = await startOpenai();
});
afterAll(() => openai.host.close());
beforeEach(() => openai.reset());

const fault = (mode: string, more: object = {}) =>
  openai.host.fault({ vendor: 'openai', operation: 'chat.completions', mode, count: 1, ...more });

describe('extract', () => {
  it('sends a strict schema and returns the checked value', async () => {
    await openai.script({ answer: wish });
    expect(await openai.readCall(call)).toEqual(wish);
    const [row] = await openai.host.ledger('vendor=openai');
    expect(row?.request).toMatchObject({
      model: 'gpt-5-mini',
      messages: [
        { role: 'system', content: system },
        { role: 'user', content: call },
      ],
      response_format: { type: 'json_schema', json_schema: { name: 'call_wish', strict: true } },
    });
  });

  it('reads JSON in a Markdown fence, as servers without schemas send it', async () => {
    await openai.script({ answer: `\`\`\`json\n${JSON.stringify(wish)}\n\`\`\`` });
    expect(await openai.readCall(call)).toEqual(wish);
  });

  it('repeats nothing by itself', async () => {
    await fault('status', { status: 500 });
    await errorOf(openai.readCall(call));
    expect(await openai.host.ledger('vendor=openai')).toEqual([]);
  });
});

describe('answers that cannot be used', () => {
  it.each([
    ['refusal', { refusal: 'I cannot help with that.' }, false],
    ['content-filter', { answer: '{"intent":', finish_reason: 'content_filter' }, false],
    ['length', { answer: '{"intent": "bo', finish_reason: 'length' }, true],
    ['empty', { answer: '' }, true],
    ['invalid-json', { answer: '{"intent": "book", ' }, true],
    ['invalid-json', { answer: 'The caller wants a haircut.' }, true],
    ['schema-violation', { answer: { ...wish, intent: 'book everything' } }, true],
    ['schema-violation', { answer: { intent: 'book' } }, true],
    ['schema-violation', { answer: { ...wish, confidence: 7 } }, true],
    ['schema-violation', { answer: '[]' }, true],
  ])('%s: %o', async (problem, script, retryable) => {
    await openai.script(script);
    const error = await errorOf(openai.readCall(call));
    expect(error).toBeInstanceOf(ModelAnswerError);
    expect(error).toMatchObject({ problem, retryable });
    expect(classifyModelError(error)).toMatchObject({
      kind: retryable ? 'unavailable' : 'rejected',
      code: problem,
    });
  });

  it('names the fields that do not fit, never their content', async () => {
    await openai.script({ answer: { ...wish, intent: 'call Lena Hoffmann', time: 15 } });
    const { message } = classifyModelError(await errorOf(openai.readCall(call)));
    expect(message).toContain('intent');
    expect(message).toContain('time');
    expect(message).not.toContain('Lena');
  });
});

describe('classifyModelError', () => {
  const error = (code: string | null, message = 'about Lena') => ({
    error: { message, type: 'x', param: null, code },
  });
  it.each([
    [
      429,
      error('rate_limit_exceeded'),
      { 'retry-after-ms': '1500', 'retry-after': '9' },
      'rate-limited',
      1_500,
    ],
    [429, error('rate_limit_exceeded'), { 'retry-after': '2' }, 'rate-limited', 2_000],
    [429, error('rate_limit_exceeded'), {}, 'rate-limited', undefined],
    [429, error('insufficient_quota'), { 'retry-after': '2' }, 'unauthorized', undefined],
    [400, error('context_length_exceeded'), {}, 'rejected', undefined],
    [422, error(null), {}, 'rejected', undefined],
    [403, error('unsupported_country_region_territory'), {}, 'unauthorized', undefined],
    [408, error(null), {}, 'unavailable', undefined],
    [409, error(null), {}, 'unavailable', undefined],
    [500, error('server_error'), {}, 'unavailable', undefined],
    [502, '<html>Bad gateway</html>', {}, 'unavailable', undefined],
    [503, error(null), {}, 'unavailable', undefined],
  ])('%i %o with %o is %s', async (status, body, headers, kind, retryAfterMs) => {
    await fault('status', { status, body, headers });
    const failure = classifyModelError(await errorOf(openai.readCall(call)));
    expect(failure).toMatchObject({ kind, status });
    if (kind === 'rate-limited') expect(failure.retryAfterMs).toBe(retryAfterMs);
    expect(failure.message).not.toContain('Lena');
  });

  it('wrong key and wrong model are for the operator', async () => {
    const wrongKey = openai.readCall(call, openai.connect({ apiKey: 'sk-wrong' }));
    expect(classifyModelError(await errorOf(wrongKey))).toMatchObject({
      kind: 'unauthorized',
      code: 'invalid_api_key',
    });
    const wrongModel = openai.readCall(call, openai.connect({ model: 'gpt-0' }));
    expect(classifyModelError(await errorOf(wrongModel))).toMatchObject({
      kind: 'unauthorized',
      code: 'model_not_found',
    });
  });

  it.each(['before', 'executed-then-drop'])('a connection lost (%s) may be tried again', async (mode) => {
    await fault(mode);
    expect(classifyModelError(await errorOf(openai.readCall(call)))).toMatchObject({ kind: 'unavailable' });
  });

  it('nobody listens', async () => {
    const lonely = openai.connect({ baseURL: 'http://127.0.0.1:9/v1' });
    const failure = classifyModelError(await errorOf(openai.readCall(call, lonely)));
    expect(failure).toMatchObject({ kind: 'unavailable', code: 'connection' });
  });
});

describe('limits in time', () => {
  let stalling: Server | undefined;
  afterEach(() => stalling?.closeAllConnections());
  const impatient = 250;

  it('an answer that comes too late', async () => {
    await fault('delay', { delayMs: 2_000 });
    const error = await errorOf(openai.readCall(call, openai.connect({ timeoutMs: impatient })));
    expect(classifyModelError(error)).toMatchObject({ kind: 'unavailable' });
  });

  it('an answer that begins and then stalls', async () => {
    stalling = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"id": "chatcmpl-1", ');
    });
    await new Promise<void>((resolve) => stalling?.listen(0, '127.0.0.1', resolve));
    const { port } = stalling.address() as AddressInfo;
    const client = openai.connect({ baseURL: `http://127.0.0.1:${port}/v1`, timeoutMs: impatient });
    expect(classifyModelError(await errorOf(openai.readCall(call, client)))).toMatchObject({
      kind: 'unavailable',
    });
    stalling.close();
  });

  it('a caller who gives up', async () => {
    await fault('delay', { delayMs: 2_000 });
    const { signal } = new AbortController();
    const given = AbortSignal.any([signal, AbortSignal.timeout(100)]);
    const asked = openai
      .connect()
      .extract({ name: 'call_wish', schema: wishSchema, system, user: call, signal: given });
    expect(classifyModelError(await errorOf(asked))).toMatchObject({ kind: 'unavailable', code: 'aborted' });
  });
});
