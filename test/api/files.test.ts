import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { recordingKey } from '../../shared/file-keys.ts';
import { addCompany, addCustomer, NOW, startTestApi, type TestApi, type TestCompany } from './support.ts';

let api: TestApi;
let company: TestCompany;
let now = NOW;

beforeAll(async () => {
  api = await startTestApi({ clock: () => now });
  company = await addCompany(api.db, 'salon');
});
afterAll(() => api.close());

const MINUTE_MS = 60_000;
const wav = { filename: 'recording.wav', contentType: 'audio/wav' };

async function recording(text = 'what was said') {
  const { personId } = await addCustomer(api, company);
  const key = recordingKey(company.id, personId, randomUUID());
  await api.deps.files.put(key, Buffer.from(text), 'audio/wav');
  return { personId, key };
}
const linkTo = (key: string) => api.deps.files.link({ key, ...wav }, 15 * MINUTE_MS);

it('gives the file to whoever has the link, as an attachment, without a key of the API', async () => {
  const { key } = await recording();
  const { url, expiresAt } = linkTo(key);
  expect(expiresAt.getTime()).toBe(NOW.getTime() + 15 * MINUTE_MS);
  const answer = await api.get(url);
  expect(answer.status).toBe(200);
  expect(answer.text).toBe('what was said');
  expect(answer.headers.get('content-disposition')).toBe('attachment; filename=recording.wav');
  expect(answer.headers.get('content-type')).toBe('audio/wav');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  const head = await fetch(api.url + url, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
});

it('ends with its time', async () => {
  const { url } = linkTo((await recording()).key);
  now = new Date(NOW.getTime() + 15 * MINUTE_MS - 1);
  expect((await api.get(url)).status).toBe(200);
  now = new Date(NOW.getTime() + 15 * MINUTE_MS);
  const answer = await api.get(url);
  now = NOW;
  expect(answer.status).toBe(410);
  expect(answer.body).toMatchObject({
    code: 'link-expired',
    detail: 'This link has expired. Ask for a new one.',
  });
});

it('opens nothing that was not signed here', async () => {
  const { url } = linkTo((await recording()).key);
  const [payload = '', mac = ''] = url.replace('/api/files/', '').split('.');
  const longer = JSON.parse(Buffer.from(payload, 'base64url').toString()) as unknown[];
  longer[3] = Number.MAX_SAFE_INTEGER;
  const other = JSON.stringify(['../../master-keys', 'x', 'text/plain', Number.MAX_SAFE_INTEGER]);
  const encode = (text: string) => Buffer.from(text).toString('base64url');
  const forged = [
    `${encode(JSON.stringify(longer))}.${mac}`,
    `${encode(other)}.${mac}`,
    `${encode(other)}.${encode('guess')}`,
    encode(other),
    `${payload}.${mac}.`,
    `${payload}.`,
    '..%2F..%2Fmaster-keys',
    'x',
  ];
  for (const token of forged) {
    const answer = await api.get(`/api/files/${token}`);
    expect([token, answer.status, answer.body.code]).toEqual([token, 404, 'not-found']);
  }
});

it('has nothing left to give once the file, or the key of the person, is gone', async () => {
  const one = await recording();
  await api.deps.files.delete(one.key);
  expect((await api.get(linkTo(one.key).url)).body).toMatchObject({ status: 410, code: 'file-deleted' });

  const two = await recording();
  await api.db.deleteFrom('customers').where('person_id', '=', two.personId).execute();
  await api.db.deleteFrom('person_keys').where('id', '=', two.personId).execute();
  expect((await api.get(linkTo(two.key).url)).body).toMatchObject({ status: 410, code: 'file-deleted' });
  await expect(api.deps.files.put(two.key, Buffer.from('x'), 'audio/wav')).rejects.toThrow('was erased');
});

it('keeps what belongs to a person sealed, and what belongs to nobody plain', async () => {
  const { personId } = await addCustomer(api, company);
  const { files } = api.deps;
  const key = recordingKey(company.id, personId, randomUUID());
  await files.put(key, Buffer.from('Erika Muster'), 'audio/wav');
  await files.put(`${company.id}/reports/1.csv`, Buffer.from('42 calls'), 'text/csv');
  const stored = async (name: string) => (await buffer(await api.store.get(name))).toString('latin1');
  expect(await stored(key)).not.toContain('Erika');
  expect(await stored(`${company.id}/reports/1.csv`)).toBe('42 calls');
  expect((await buffer(await files.get(key))).toString()).toBe('Erika Muster');
});

it('breaks the connection off, instead of ending it well, when a file turns out to be damaged', async () => {
  const { key } = await recording('x'.repeat(300_000));
  const sealed = await buffer(await api.store.get(key));
  sealed[sealed.length - 1]! ^= 1;
  await api.store.put(key, sealed, 'application/octet-stream');
  await expect(api.get(linkTo(key).url)).rejects.toThrow();
});
