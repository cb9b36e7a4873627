import { randomUUID } from 'node:crypto';
import {
  type Client,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { closeReview, openReview } from '../../db/reviews.ts';
import type { ReviewAnswer, ReviewKind } from '../../shared/reviews.ts';
import { addCompany, startTestApi, type TestApi, type TestCompany } from './support.ts';

interface Update {
  workflowId: string;
  updateId: string;
  reviewId: string;
  answer: ReviewAnswer;
}

/** The workflow's side of an answer: what it was sent, and what it makes of it. */
const workflow = {
  updates: [] as Update[],
  react: async (_update: Update): Promise<void> => undefined,
};
const temporal = {
  withDeadline: (_deadline: number, work: () => Promise<unknown>) => work(),
  workflow: {
    getHandle: (workflowId: string) => ({
      executeUpdate: async (
        definition: { name: string },
        { args, updateId }: { args: [{ reviewId: string; answer: ReviewAnswer }]; updateId: string },
      ) => {
        expect(definition.name).toBe('answerReview');
        const update = { workflowId, updateId, ...args[0] };
        workflow.updates.push(update);
        await workflow.react(update);
      },
    }),
  },
};

let api: TestApi;
let linde: TestCompany;
let ahorn: TestCompany;

beforeAll(async () => {
  api = await startTestApi({ temporal: temporal as unknown as Client });
  linde = await addCompany(api.db, 'linde');
  ahorn = await addCompany(api.db, 'ahorn');
});
afterAll(() => api.close());
beforeEach(() => {
  workflow.updates = [];
  workflow.react = ({ reviewId, answer }) => closeReview(api.db, reviewId, answer);
});

async function open(
  kind: ReviewKind = 'ambiguous-wish',
  companyId: string | null = linde.id,
): Promise<string> {
  const id = randomUUID();
  const question = { reason: 'unclear' };
  await openReview(api.db, {
    id,
    companyId,
    kind,
    workflowId: 'call/retell/1',
    entity: 'call/1',
    question,
    dueAt: null,
  });
  return id;
}
const answer = (id: string, body: unknown, key = linde.key) =>
  api.post(`/api/reviews/${id}/answer`, body, key);
const wish = { service: 'haircut', date: '2026-03-05', time: '10:00' };

describe('POST /api/reviews/:id/answer', () => {
  it('gives the answer to the workflow and notes who gave it', async () => {
    const id = await open();
    const result = await answer(id, { action: 'book', wish });
    expect([result.status, result.body.status]).toEqual([200, 'answered']);
    expect(workflow.updates).toEqual([
      {
        workflowId: 'call/retell/1',
        updateId: id,
        reviewId: id,
        answer: { action: 'book', wish: { ...wish, staff: null } },
      },
    ]);
    const audit = await api.db
      .selectFrom('audit_log')
      .selectAll()
      .where('entity', '=', `review/${id}`)
      .execute();
    expect(audit).toMatchObject([
      { actor: 'linde key', action: 'review.answer', detail: { action: 'book' } },
    ]);
    expect(result.body.answeredBy).toBe('linde key');
    expect((await api.get(`/api/reviews/${id}`, linde.key)).body.answeredBy).toBe('linde key');
    const again = await answer(id, { action: 'dismiss' });
    expect([again.status, again.body.code]).toEqual([409, 'review-answered']);
    expect(workflow.updates).toHaveLength(1);
  });

  it('lists the answers that a question takes', async () => {
    const id = await open('unknown-effect');
    const { body } = await api.get(`/api/reviews/${id}`, linde.key);
    expect(body).toMatchObject({ answers: ['happened', 'did-not-happen'], question: { reason: 'unclear' } });
    expect(
      (await api.get('/api/reviews?status=open&kind=unknown-effect', linde.key)).body.items,
    ).toHaveLength(1);
    expect((await answer(id, { action: 'did-not-happen' })).status).toBe(200);
    expect((await api.get('/api/reviews?status=open&kind=unknown-effect', linde.key)).body.items).toEqual([]);
  });

  it.each([
    ['an action of another question', { action: 'retry' }, 'action'],
    ['no such action', { action: 'explode' }, 'action'],
    ['no wish to book', { action: 'book' }, 'wish'],
    ['a wish that goes with nothing', { action: 'dismiss', wish }, 'wish'],
    ['an unknown service', { action: 'book', wish: { ...wish, service: 'spa' } }, 'wish.service'],
    ['unknown staff', { action: 'book', wish: { ...wish, staff: 'x@y.example' } }, 'wish.staff'],
    ['a skipped time', { action: 'book', wish: { ...wish, date: '2026-03-29', time: '02:30' } }, 'wish.time'],
    ['the past', { action: 'book', wish: { ...wish, date: '2026-03-01' } }, 'wish.date'],
    ['an impossible date', { action: 'book', wish: { ...wish, date: '2026-02-30' } }, 'wish.date'],
  ])('refuses %s', async (_name, body, path) => {
    const result = await answer(await open(), body);
    expect([result.status, result.body.errors[0].path]).toEqual([400, path]);
    expect(workflow.updates).toHaveLength(0);
  });

  it('hides reviews of other companies, and of none from a company', async () => {
    expect((await answer(await open(), { action: 'dismiss' }, ahorn.key)).status).toBe(404);
    const nobodys = await open('unroutable-call', null);
    expect((await answer(nobodys, { action: 'dismiss' })).status).toBe(404);
    expect((await answer(nobodys, { action: 'dismiss' }, api.operatorKey)).status).toBe(200);
    expect(workflow.updates).toHaveLength(1);
  });

  it.each([
    [
      'the workflow ended',
      () => new WorkflowNotFoundError('gone', 'call/retell/1', undefined),
      409,
      'workflow-ended',
    ],
    [
      'the workflow refuses',
      () => new WorkflowUpdateFailedError('no', new Error('secret')),
      409,
      'answer-refused',
    ],
    [
      'no worker is there',
      () => new WorkflowUpdateRPCTimeoutOrCancelledError('late'),
      503,
      'no-answer-in-time',
    ],
    [
      'Temporal is down',
      () => Object.assign(new Error('14'), { code: 14, details: '', metadata: {} }),
      503,
      'temporal-unavailable',
    ],
  ])('when %s', async (_name, error, status, code) => {
    workflow.react = async () => {
      throw error();
    };
    const result = await answer(await open(), { action: 'dismiss' });
    expect([result.status, result.body.code]).toEqual([status, code]);
    expect(result.headers.has('retry-after')).toBe(status === 503);
    expect(result.text).not.toContain('secret');
  });

  it('names the one whose answer counted, also when others tried before and after', async () => {
    const id = await open();
    const taken = { action: 'book', wish: { ...wish, staff: null } } as const;
    workflow.react = () => Promise.reject(new WorkflowUpdateRPCTimeoutOrCancelledError('late'));
    expect((await answer(id, taken, api.operatorKey)).status).toBe(503);
    workflow.react = ({ reviewId }) => closeReview(api.db, reviewId, taken);
    const later = { ...taken, wish: { ...taken.wish, time: '11:00' } };
    expect((await answer(id, later)).body.code).toBe('review-answered');
    expect((await api.get(`/api/reviews/${id}`, linde.key)).body).toMatchObject({
      answer: taken,
      answeredBy: 'operator',
    });
  });

  it('names nobody when the time ran out', async () => {
    const id = await open();
    await closeReview(api.db, id, null);
    const { body } = await api.get(`/api/reviews/${id}`, linde.key);
    expect([body.status, body.answeredBy, body.answeredAt]).toEqual(['expired', null, null]);
  });

  it('of two answers at once tells the loser', async () => {
    const id = await open();
    workflow.react = ({ reviewId }) =>
      closeReview(api.db, reviewId, { action: 'book', wish: { ...wish, staff: null } });
    const loser = await answer(id, { action: 'dismiss' });
    expect([loser.status, loser.body.code]).toEqual([409, 'review-answered']);
  });
});
