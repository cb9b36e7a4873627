import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createIngest, type Ingest } from '../../../api/ingest.ts';
import { createListener } from '../../../api/webhooks/listener.ts';
import { stripeWebhookPath } from '../../../api/webhooks/stripe.ts';
import {
  subscriptionNewsSignal,
  subscriptionStart,
} from '../../../workflows/phone-desk/subscription/contract.ts';
import { eventually } from '../../emulators/fixture.ts';
import { priceId, startStripe } from '../../integrations/stripe/fixture.ts';
import { addCompany, startTestApi, type TestApi, type TestCompany } from '../support.ts';

const SECRET = 'whsec_new';
const OLD_SECRET = 'whsec_old';

let world: Awaited<ReturnType<typeof startStripe>>;
let api: TestApi;
let ingest: Ingest;
let server: Server;
let url: string;
let company: TestCompany;
let customer: string;
const startOrSignal = vi.fn();

beforeAll(async () => {
  world = await startStripe();
  api = await startTestApi({ stripe: world.client });
  const env = { ...api.deps.env, STRIPE_WEBHOOK_SECRETS: [SECRET, OLD_SECRET], INBOX_SWEEP_INTERVAL_MS: 50 };
  const starter = { start: vi.fn(), startOrSignal, signal: vi.fn() };
  ingest = createIngest({ ...api.deps, env, starter, clock: () => new Date() });
  server = createServer(createListener(ingest.webhooks, (_request, response) => response.end()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${stripeWebhookPath}`;
  company = await addCompany(api.db, 'linde');
  customer = (await world.customer()).id;
  await api.db
    .insertInto('company_subscriptions')
    .values({ company_id: company.id, stripe_customer_id: customer })
    .execute();
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await ingest.close();
  await Promise.all([api.close(), world.host.close()]);
});
beforeEach(() => {
  startOrSignal.mockReset().mockResolvedValue(undefined);
});

const snapshot = (type: string, of: string, id = `evt_${randomUUID()}`) => ({
  object: 'event',
  id,
  type,
  data: { object: { object: 'invoice', id: 'in_new', customer: of } },
});
const thin = (type: string, object: { id: string; type: string }) => ({
  object: 'v2.core.event',
  id: `evt_${randomUUID()}`,
  type: `v1.${type}`,
  related_object: { ...object, url: '/v1/x' },
});

async function post(event: object | string, secret = SECRET, timestamp = Math.floor(Date.now() / 1000)) {
  const payload = typeof event === 'string' ? event : JSON.stringify(event);
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
  const response = await fetch(url, {
    method: 'POST',
    body: payload,
    headers: { 'stripe-signature': signature },
  });
  return response.status;
}
const rowOf = ({ id }: { id: string }) =>
  api.db.selectFrom('inbox_events').where('event_key', '=', id).selectAll().executeTakeFirstOrThrow();
const settled = (event: { id: string }, status: string) =>
  eventually(
    () => rowOf(event),
    (row) => row.status === status,
  );
const auditOf = (entity: string) =>
  api.db.selectFrom('audit_log').where('entity', '=', entity).selectAll().execute();

describe('an event about a company we know', () => {
  it('has its run look, under either secret while one is changed', async () => {
    for (const secret of [SECRET, OLD_SECRET]) {
      const event = snapshot('invoice.paid', customer);
      expect(await post(event, secret)).toBe(204);
      const row = await settled(event, 'done');
      expect(row).toMatchObject({ entity: `subscription/${company.id}`, company_id: company.id });
    }
    const start = subscriptionStart({ companyId: company.id });
    expect(start).toMatchObject({ priority: 1, whenClosed: 'start-again', whenOpen: 'join' });
    expect(startOrSignal.mock.calls).toEqual([
      [start, subscriptionNewsSignal],
      [start, subscriptionNewsSignal],
    ]);
  });

  it('whose hand-over failed the first time is processed, and sent again by Stripe it is no duplicate of nothing', async () => {
    let healthy = false;
    startOrSignal.mockImplementation(async () => {
      if (!healthy) throw new Error('the workflow server is away');
    });
    const event = snapshot('invoice.payment_failed', customer);
    expect(await post(event)).toBe(204);
    await eventually(
      () => rowOf(event),
      ({ attempts, status }) => attempts >= 1 && status === 'pending',
    );
    expect(await post(event)).toBe(204);
    await eventually(
      () => rowOf(event),
      ({ duplicates }) => duplicates === 1,
    );
    healthy = true;
    await settled(event, 'done');
    expect(startOrSignal.mock.results.at(-1)?.type).toBe('return');
    expect(startOrSignal.mock.lastCall).toEqual([
      subscriptionStart({ companyId: company.id }),
      subscriptionNewsSignal,
    ]);
  });

  it('that says nothing about subscriptions is kept and left alone', async () => {
    const event = snapshot('customer.tax_id.created', customer);
    expect(await post(event)).toBe(204);
    expect(await rowOf(event)).toMatchObject({ status: 'ignored', entity: null });
  });
});

describe('an event about nobody we know', () => {
  it('is kept as ignored and stands in the audit log, once', async () => {
    const event = snapshot('invoice.paid', 'cus_unknown');
    expect([await post(event), await post(event)]).toEqual([204, 204]);
    expect(await rowOf(event)).toMatchObject({ status: 'ignored', entity: null, company_id: null });
    const [line, ...others] = await eventually(
      () => auditOf('stripe/cus_unknown'),
      ({ length }) => length > 0,
    );
    expect(line).toMatchObject({
      action: 'webhook.unowned',
      detail: { eventId: event.id, eventType: 'invoice.paid' },
    });
    expect(others).toEqual([]);
    expect(startOrSignal).not.toHaveBeenCalled();
  });

  it('is also what an event of a deleted company is', async () => {
    const gone = await addCompany(api.db, 'gone');
    await api.db
      .insertInto('company_subscriptions')
      .values({ company_id: gone.id, stripe_customer_id: 'cus_gone' })
      .execute();
    await api.db.deleteFrom('companies').where('id', '=', gone.id).execute();
    const event = snapshot('customer.subscription.deleted', 'cus_gone');
    expect(await post(event)).toBe(204);
    expect(await rowOf(event)).toMatchObject({ status: 'ignored' });
    await eventually(
      () => auditOf('stripe/cus_gone'),
      ({ length }) => length === 1,
    );
  });
});

describe('a thin event', () => {
  it('names only an object: whose it is Stripe is asked', async () => {
    const subscription = await world.stripe.subscriptions.create({ customer, items: [{ price: priceId }] });
    const object = { id: subscription.latest_invoice as string, type: 'invoice' };
    await world.host.fault({ vendor: 'stripe', operation: 'invoices.retrieve', mode: 'before', count: 1 });
    const event = thin('invoice.paid', object);
    expect(await post(event)).toBe(204);
    const row = await settled(event, 'done');
    expect(row).toMatchObject({
      entity: `stripe/invoice/${object.id}`,
      event_type: 'invoice.paid',
      attempts: 2,
    });
    expect(startOrSignal).toHaveBeenCalledExactlyOnceWith(
      subscriptionStart({ companyId: company.id }),
      subscriptionNewsSignal,
    );
  });

  it('about somebody else, or about nothing any more, is done with a line in the audit log', async () => {
    const { id: stranger } = await world.customer();
    const other = await world.stripe.subscriptions.create({
      customer: stranger,
      items: [{ price: priceId }],
    });
    for (const object of [
      { id: other.id, type: 'subscription' },
      { id: 'in_none', type: 'invoice' },
    ]) {
      const event = thin('invoice.paid', object);
      expect(await post(event)).toBe(204);
      await settled(event, 'done');
      expect(await auditOf(`stripe/${object.type}/${object.id}`)).toMatchObject([
        { action: 'webhook.unowned' },
      ]);
    }
    expect(startOrSignal).not.toHaveBeenCalled();
  });
});

describe("what is not Stripe's", () => {
  it('is refused: another secret, an old and a future signature', async () => {
    const event = snapshot('invoice.paid', customer);
    const now = Math.floor(Date.now() / 1000);
    expect(await post(event, 'whsec_other')).toBe(401);
    expect(await post(event, SECRET, now - 400)).toBe(401);
    expect(await post(event, SECRET, now + 400)).toBe(401);
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(401);
    const reasons = await eventually(
      () => auditOf('webhook/stripe'),
      ({ length }) => length === 4,
    );
    expect(reasons.map(({ detail }) => detail.reason).sort()).toEqual([
      'ahead',
      'mismatch',
      'missing',
      'stale',
    ]);
  });

  it('or cannot be read is answered so that it is not repeated', async () => {
    expect(await post('{')).toBe(400);
    expect(await post('{"object":"event","id":"evt_odd"}')).toBe(204);
  });
});
