import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMessageLinks } from '../../platform/message-links.ts';
import { addCompany, addCustomer, startTestApi, type TestApi } from './support.ts';

let api: TestApi;
let customerId: string;
let path: string;

beforeAll(async () => {
  api = await startTestApi();
  const salon = await addCompany(api.db, 'salon-<b>');
  customerId = (await addCustomer(api, salon)).id;
  const { env, vault } = api.deps;
  const link = createMessageLinks({ ...env, PUBLIC_URL: `${api.url}/` }, vault).unsubscribe(customerId);
  expect(link.startsWith(api.url)).toBe(true);
  path = link.slice(api.url.length);
});
afterAll(() => api.close());

const post = async (body: string, at = path) => {
  const response = await fetch(api.url + at, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body,
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
};
const blocks = () =>
  api.db
    .selectFrom('channel_blocks')
    .where('customer_id', '=', customerId)
    .select(['channel', 'reason', 'source'])
    .execute();

describe('the link in a reminder', () => {
  it('shows a page that works without scripts, and changes nothing by being opened', async () => {
    const page = await api.get(path);
    expect(page.status).toBe(200);
    expect(page.text).toContain('Möchten Sie keine Erinnerungen per E-Mail mehr?');
    expect(page.text).toContain('salon-&lt;b&gt;');
    expect(page.text).toContain('name="viewport"');
    expect(page.text).not.toContain('<script');
    // Many a telephone does not know it, and would show white words on white.
    expect(page.text).not.toContain('light-dark(');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(await blocks()).toEqual([]);
  });

  it('ends reminders by its button, and begins them again', async () => {
    const stopped = await post('action=stop');
    expect(stopped.text).toContain('Sie erhalten keine Erinnerungen per E-Mail mehr.');
    expect(stopped.text).toContain('Absagen Ihrer Termine erhalten Sie weiterhin');
    expect(await blocks()).toEqual([{ channel: 'email', reason: 'no-reminders', source: 'link' }]);
    const again = await api.get(path);
    expect(again.text).toContain('Sie erhalten keine Erinnerungen per E-Mail mehr.');
    expect(again.text).toContain('value="resume"');
    expect(again.text).not.toContain('value="stop"');
    await post('action=resume');
    expect(await blocks()).toEqual([]);
    expect((await api.get(path)).text).toContain('value="stop"');
  });

  it('ends them by the one click of a mail program (RFC 8058), however often', async () => {
    for (let click = 0; click < 3; click += 1) {
      expect((await post('List-Unsubscribe=One-Click')).status).toBe(200);
    }
    const form = new FormData();
    form.set('List-Unsubscribe', 'One-Click');
    expect((await fetch(api.url + path, { method: 'POST', body: form })).status).toBe(200);
    expect(await blocks()).toEqual([{ channel: 'email', reason: 'no-reminders', source: 'link' }]);
  });

  it('is not made up: a forged, cut or foreign one does nothing', async () => {
    const token = path.split('/').at(-1)!;
    const bytes = Buffer.from(token, 'base64url');
    const forOther = Buffer.concat([
      Buffer.from(randomUUID().replaceAll('-', ''), 'hex'),
      bytes.subarray(16),
    ]);
    const flipped = Buffer.from(bytes);
    flipped[31] = flipped[31]! ^ 1;
    for (const wrong of [forOther, flipped, bytes.subarray(0, 31), Buffer.concat([bytes, bytes])]) {
      const at = `/unsubscribe/${wrong.toString('base64url')}`;
      const page = await api.get(at);
      expect(page.status).toBe(404);
      expect(page.text).toContain('write to the address at the end of the reminder');
      expect((await post('action=resume', at)).status).toBe(404);
    }
    expect((await api.get('/unsubscribe/')).status).toBe(404);
    expect(await blocks()).toHaveLength(1);
  });

  it('refuses a body that is too large for a click', async () => {
    expect((await post(`action=${'x'.repeat(5_000)}`)).status).toBe(413);
  });

  it('does not stand in the log', () => {
    expect(api.log.join('\n')).not.toContain(path.split('/').at(-1)!);
    expect(api.log.join('\n')).toContain('/unsubscribe/{token}');
  });
});
