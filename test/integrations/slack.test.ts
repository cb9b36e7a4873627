import { afterAll, beforeAll, expect, it } from 'vitest';
import { VendorError } from '../../integrations/http.ts';
import { createChatWebhook } from '../../integrations/slack/client.ts';
import { createSlackEmulator } from '../../integrations/slack/emulator.ts';
import { postJson, startTestHost, type TestHost } from '../emulators/fixture.ts';

let host: TestHost;
const address = (path = 'T1/B1/secret') => `${host.url}/slack/services/${path}`;
const chat = (path?: string) => createChatWebhook({ url: address(path), timeoutMs: 2_000 });

beforeAll(async () => {
  host = await startTestHost(createSlackEmulator());
  await host.seed({ slack: { webhooks: ['T1/B1/secret'] } });
});
afterAll(() => host.close());

async function failureOf(post: Promise<void>) {
  const error = await post.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(VendorError);
  return (error as VendorError).failure;
}

it('posts a text whose markup stays text', async () => {
  await chat().post('<!channel> a & b');
  const [entry] = await host.ledger('vendor=slack');
  expect(entry).toMatchObject({
    operation: 'webhook.post',
    status: 200,
    request: { text: '&lt;!channel&gt; a &amp; b' },
  });
});

it('says what became of a post that was not taken', async () => {
  expect(await failureOf(chat('T1/B1/other').post('x'))).toMatchObject({
    kind: 'rejected',
    code: 'no_service',
  });
  expect(await failureOf(chat().post(''))).toMatchObject({ kind: 'rejected', code: 'no_text' });
  await host.fault({ vendor: 'slack', operation: '*', mode: 'status', status: 503, count: 1 });
  expect(await failureOf(chat().post('x'))).toMatchObject({ kind: 'unavailable', code: '503' });
  const headers = { 'retry-after': '7' };
  await host.fault({ vendor: 'slack', operation: '*', mode: 'status', status: 429, headers, count: 1 });
  expect(await failureOf(chat().post('x'))).toMatchObject({ kind: 'rate-limited', retryAfterMs: 7_000 });
  await host.fault({ vendor: 'slack', operation: '*', mode: 'executed-then-drop', count: 1 });
  expect(await failureOf(chat().post('x'))).toMatchObject({ kind: 'unknown-outcome' });
});

it('is emulated as strictly as Slack is', async () => {
  const broken = await postJson(address(), ['text']);
  expect([broken.status, await broken.text()]).toEqual([400, 'invalid_payload']);
  expect((await fetch(address())).status).toBe(404);
});
