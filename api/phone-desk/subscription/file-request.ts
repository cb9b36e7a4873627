import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { insertApiEvent } from '../../../db/api-events.ts';
import { recordAudit } from '../../../db/audit.ts';
import { findIdempotentAnswer, takeIdempotencyKey } from '../../../db/idempotency.ts';
import type { InboxEvent } from '../../../db/inbox.ts';
import {
  findOpenCancellation,
  findRequest,
  insertRequest,
  lockRefundable,
  type NewSubscriptionRequest,
  type SubscriptionRequest,
} from '../../../db/phone-desk/subscription/subscription-requests.ts';
import { lockSubscription } from '../../../db/phone-desk/subscription/subscriptions.ts';
import type { Database } from '../../../db/tables/database.ts';
import { subscriptionWorkflowId } from '../../../shared/ids.ts';
import { isOver } from '../../../shared/subscriptions/standing.ts';
import type { ApiDeps } from '../../deps.ts';
import { conflict, HttpProblem, invalidRequest, notFound } from '../../http-problem.ts';
import type { Caller } from '../../middleware/authenticate.ts';
import type { RequestContext } from '../../middleware/request-context.ts';
import { sweepAfterMs } from '../../own-hand-over.ts';
import { problem } from '../../problem.ts';

/** Most requests are decided within it; what takes longer is answered as accepted. */
const ANSWER_WAIT_MS = 5_000;
const LOOK_EVERY_MS = 50;

interface Filed {
  requestId: string;
  /** null: it was filed before. */
  event: InboxEvent | null;
}

/** Has the subscription end with the period that is paid for. Asked once more while that is open, it is one request. */
export async function requestCancellation(
  deps: ApiDeps,
  caller: Caller,
  companyId: string,
  context: RequestContext,
): Promise<SubscriptionRequest> {
  const filed = await deps.db.transaction().execute(async (trx): Promise<Filed> => {
    const { status, cancel_at: endsAt } = await lockSubscription(trx, companyId);
    if (status === 'none' || isOver(status)) {
      throw conflict('no-subscription', 'The company has no subscription that could be cancelled.');
    }
    if (endsAt) throw conflict('already-ending', `The subscription ends at ${endsAt.toISOString()} already.`);
    const open = await findOpenCancellation(trx, companyId);
    if (open) return { requestId: open.id, event: null };
    return file(
      deps,
      trx,
      caller,
      { companyId, kind: 'cancel', invoiceId: null, amountCents: null },
      context,
    );
  });
  return decided(deps, filed);
}

/** Gives back a part of what was paid for an invoice, once per idempotency key. Never more than is left of it. */
export async function requestRefund(
  deps: ApiDeps,
  caller: Caller,
  invoiceId: string,
  amountCents: number,
  key: string,
  context: RequestContext,
): Promise<SubscriptionRequest> {
  const filed = await deps.db.transaction().execute(async (trx): Promise<Filed> => {
    const invoice = await lockRefundable(trx, invoiceId);
    if (!invoice) throw notFound('invoice');
    const companyId = invoice.company_id;
    const scoped = `refund:${key}`;
    const requestHash = deps.vault.blindIndex('idempotency', JSON.stringify({ invoiceId, amountCents }));
    const before = await findIdempotentAnswer(trx, companyId, scoped);
    if (before) {
      if (before.requestHash.equals(requestHash)) {
        return { requestId: String(before.response.requestId), event: null };
      }
      const detail = 'This Idempotency-Key was used for a request with another body.';
      const field = { path: 'idempotency-key', message: 'was used before' };
      throw new HttpProblem(problem(422, 'idempotency-key-reused', detail, [field]));
    }
    if (invoice.status !== 'paid') throw conflict('invoice-not-paid', `The invoice is ${invoice.status}.`);
    if (!invoice.payment_intent_id) {
      throw conflict(
        'not-paid-at-stripe',
        'The invoice was not paid at Stripe; give the money back the way it came.',
      );
    }
    if (amountCents > invoice.leftCents) {
      const message = `is more than the ${invoice.leftCents} that are left of the payment (${invoice.currency}, minor units)`;
      throw invalidRequest([{ path: 'amountCents', message }]);
    }
    const request = { companyId, kind: 'refund' as const, invoiceId, amountCents };
    const filed = await file(deps, trx, caller, request, context);
    const answer = { requestHash, response: { requestId: filed.requestId } };
    await takeIdempotencyKey(trx, companyId, scoped, answer);
    return filed;
  });
  return decided(deps, filed);
}

/** Writes the request, the audit line and the event that wakes the run, all or nothing. */
async function file(
  deps: ApiDeps,
  trx: Kysely<Database>,
  caller: Caller,
  request: Omit<NewSubscriptionRequest, 'id' | 'requestedBy'>,
  context: RequestContext,
): Promise<Filed> {
  const { companyId, kind, invoiceId, amountCents } = request;
  const requestId = randomUUID();
  await insertRequest(trx, { ...request, id: requestId, requestedBy: caller.name });
  await recordAudit(trx, {
    actor: caller.name,
    action: `subscription.${kind}`,
    entity: subscriptionWorkflowId(companyId),
    requestId: context.requestId,
    detail: { request: requestId, ...(kind === 'refund' ? { invoiceId, amountCents } : {}) },
  });
  const event = await insertApiEvent(
    trx,
    deps.vault,
    {
      eventKey: `subscription-request:${requestId}`,
      eventType: 'subscription.requested',
      entity: subscriptionWorkflowId(companyId),
      companyId,
      body: { requestId },
      ...context,
    },
    sweepAfterMs(deps),
  );
  return { requestId, event };
}

/** The request once its run has decided it, or as it stands when that takes longer. */
async function decided(deps: ApiDeps, { requestId, event }: Filed): Promise<SubscriptionRequest> {
  if (event) deps.handOver?.offer(event);
  const until = Date.now() + ANSWER_WAIT_MS;
  for (;;) {
    const request = await findRequest(deps.db, null, requestId);
    if (!request) throw notFound('request');
    if (request.status === 'refused') {
      const { kind, refusal } = request;
      throw conflict(`${kind}-refused`, `Stripe refused the ${kind}: ${refusal}.`);
    }
    if (request.status === 'done' || Date.now() > until) return request;
    await sleep(LOOK_EVERY_MS);
  }
}
