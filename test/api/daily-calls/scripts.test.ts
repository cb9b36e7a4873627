import { afterAll, beforeAll, expect, it } from 'vitest';
import { variantOf } from '../../../db/daily-calls/script-variants.ts';
import { addCompany, startTestApi, type TestApi, type TestCompany } from '../support.ts';
import { addUser, send } from './support.ts';

let api: TestApi;
let linde: TestCompany;
let ahorn: TestCompany;

beforeAll(async () => {
  api = await startTestApi();
  linde = await addCompany(api.db, 'linde');
  ahorn = await addCompany(api.db, 'ahorn');
});
afterAll(() => api.close());

const script = (slug: string) => ({
  slug,
  name: 'Evening call',
  questions: [{ key: 'mood', question: 'How was your day?' }],
  variants: [
    { name: 'warm', weight: 3, agentRefs: { callkaro: 'agent-1', retell: 'agent-2' } },
    { name: 'brief', agentRefs: {} },
  ],
});
const post = (body: object, key = linde.key) => send(api, 'POST', '/api/agent-scripts', key, body);
const patch = (id: string, body: object, key = linde.key) =>
  send(api, 'PATCH', `/api/agent-scripts/${id}`, key, body);

it('is made with its variants, listed, and given to users by its slug', async () => {
  const made = await post(script('evening'));
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    ...{ company: 'linde', slug: 'evening', active: true, questions: script('').questions },
    variants: [
      { name: 'brief', weight: 1, agentRefs: {} },
      { name: 'warm', weight: 3, agentRefs: { callkaro: 'agent-1', retell: 'agent-2' } },
    ],
  });
  expect((await api.get(`/api/agent-scripts/${made.body.id}`, linde.key)).body).toEqual(made.body);
  expect((await api.get('/api/agent-scripts', linde.key)).body.items).toContainEqual(made.body);
  expect((await addUser(api, linde, { script: 'evening' })) as object).toMatchObject({ script: 'evening' });
  expect((await post(script('evening'))).body.code).toBe('slug-taken');
  expect((await post(script('evening'), ahorn.key)).status).toBe(201);
});

it('keeps a variant that is no longer named, for whoever hears it', async () => {
  const { body } = await post(script('sticky'));
  const { id } = await addUser(api, linde);
  const heard = await variantOf(api.db, id, body.id);
  const changed = await patch(body.id, { variants: [{ name: 'new', weight: 1, agentRefs: { vapi: 'v' } }] });
  const weights = changed.body.variants.map(({ name, weight }: { name: string; weight: number }) => [
    name,
    weight,
  ]);
  expect(weights).toEqual([
    ['brief', 0],
    ['new', 1],
    ['warm', 0],
  ]);
  expect(await variantOf(api.db, id, body.id)).toBe(heard);
  expect((await patch(body.id, { active: false, name: 'Old' })).body).toMatchObject({
    ...{ active: false, name: 'Old', questions: script('').questions },
  });
  await expect(addUser(api, linde, { script: 'sticky' })).rejects.toThrow('no such active script');
});

it.each([
  ['no variants', { variants: [] }, 'variants'],
  ['no weight anywhere', { variants: [{ name: 'a', weight: 0, agentRefs: {} }] }, 'variants'],
  [
    'a name twice',
    {
      variants: [
        { name: 'a', agentRefs: {} },
        { name: 'a', agentRefs: {} },
      ],
    },
    'variants',
  ],
  ['a weight below 0', { variants: [{ name: 'a', weight: -1, agentRefs: {} }] }, 'variants.0.weight'],
  [
    'an unknown provider',
    { variants: [{ name: 'a', agentRefs: { acme: 'x' } }] },
    'variants.0.agentRefs.acme',
  ],
  [
    'a key twice',
    {
      questions: [
        { key: 'a', question: 'x' },
        { key: 'a', question: 'y' },
      ],
    },
    'questions',
  ],
  ['a slug with spaces', { slug: 'a b' }, 'slug'],
])('with %s is refused', async (_name, fields, path) => {
  const answer = await post({ ...script('refused'), ...fields });
  const paths = answer.body.errors.map((error: { path: string }) => error.path);
  expect([answer.status, paths[0]]).toEqual([400, path]);
});

it('of another company is not there', async () => {
  const { body } = await post(script('mine'));
  expect((await patch(body.id, { name: 'x' }, ahorn.key)).status).toBe(404);
  expect((await api.get(`/api/agent-scripts/${body.id}`, ahorn.key)).status).toBe(404);
  await expect(addUser(api, ahorn, { script: 'mine' })).rejects.toThrow('no such active script');
});
