import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Stripe from 'stripe';
import { adoptSubscription } from '../../../activities/phone-desk/subscription/adopt-subscription.ts';
import { findCompanyByCustomer } from '../../../db/phone-desk/subscription/subscriptions.ts';
import { connectStripe } from '../../../integrations/stripe/connection.ts';
import { createStripeEmulator } from '../../../integrations/stripe/emulator.ts';
import type {
  StripeCharge,
  StripeInvoice,
  StripeSubscription,
} from '../../../integrations/stripe/objects.ts';
import { parseStripeEvent } from '../../../integrations/stripe/webhook.ts';
import { createDeps, type Deps } from '../../../platform/deps.ts';
import { readEnv } from '../../../platform/env.ts';
import { createEmulatorHost } from '../../../scripts/emulators/host.ts';
import { addCompany, type TestCompany } from '../../api/support.ts';
import { createTestDatabase } from '../../support/database.ts';

export const DAY_S = 86_400;
export const START_S = Date.UTC(2026, 0, 31, 9) / 1000;
export const price = 'price_development';

/** A company and its life at Stripe, one step after the other. */
export interface Life {
  company: TestCompany;
  customer: string;
  /** Takes the life on, up to this step. */
  upTo(step: number): Promise<void>;
  /** What Stripe has told, by type; waits for nothing. */
  event(type: string): Promise<Stripe.Event>;
}

export interface Reading {
  subscriptions: StripeSubscription[];
  invoices: StripeInvoice[];
  charges: StripeCharge[];
  now: Date;
}

export type Step = (customer: string, advance: (toS: number) => Promise<unknown>) => Promise<unknown>;

/** Our database and Stripe's emulator, without anything in between. */
export async function startBilling() {
  const dataDir = await mkdtemp(join(tmpdir(), 'billing-'));
  const database = await createTestDatabase();
  const { STRIPE_API_KEY: apiKey, STRIPE_WEBHOOK_SECRETS, STRIPE_PRICE_IDS: priceIds } = readEnv({});
  const webhookSecret = STRIPE_WEBHOOK_SECRETS[0]!;
  const emulators = await createEmulatorHost({
    dataDir,
    port: 0,
    emulators: [createStripeEmulator({ apiKey, webhookSecret, priceIds })],
  });
  const env = readEnv({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    SWITCHBOARD_DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    EMULATORS_PORT: String(emulators.port),
  });
  const deps = await createDeps(env);
  const stripe = connectStripe({ apiKey, baseUrl: env.STRIPE_BASE_URL, timeoutMs: 5_000 });
  let companies = 0;

  return {
    deps,
    stripe,
    adopt: (companyId: string, by: Deps = deps) => adoptSubscription(by, companyId),
    /** A company whose life has these steps. */
    async life(steps: Step[]): Promise<Life> {
      companies += 1;
      const company = await addCompany(deps.db, `life-${companies}`);
      const clock = await stripe.testHelpers.testClocks.create({ frozen_time: START_S });
      const { id: customer } = await stripe.customers.create({
        email: 'desk@life.example',
        test_clock: clock.id,
      });
      await deps.db
        .insertInto('company_subscriptions')
        .values({ company_id: company.id, stripe_customer_id: customer })
        .execute();
      const advance = (toS: number) =>
        stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: START_S + toS });
      let done = 0;
      return {
        company,
        customer,
        async upTo(step) {
          for (; done < step; done += 1) await steps[done]!(customer, advance);
        },
        async event(type) {
          for await (const event of stripe.events.list({ type, limit: 100 })) {
            if ((event.data.object as { customer?: string }).customer === customer) return event;
          }
          throw new Error(`${customer} has no ${type}`);
        },
      };
    },
    /** Takes an event as the webhook and the run do: finds the company, and has its account read. */
    async take(event: Stripe.Event, by: Deps = deps): Promise<void> {
      const { customerId } = parseStripeEvent(Buffer.from(JSON.stringify(event)));
      const companyId = await findCompanyByCustomer(deps.db, customerId!);
      await adoptSubscription(by, companyId!);
    },
    /** What our client reads of a customer now, to be read again as often as one likes. */
    async reading(customer: string): Promise<Reading> {
      const { subscriptions, invoices, charges } = deps.stripe;
      const subscribed = await subscriptions.list(customer);
      return {
        subscriptions: subscribed,
        invoices: await invoices.list(customer),
        charges: await charges.list(customer),
        now: await subscriptions.timeOf(subscribed[0]!.testClockId!),
      };
    },
    /** Our process with a Stripe at which everything is as `now` says. */
    reads(now: () => Reading): Deps {
      const { stripe: real } = deps;
      return {
        ...deps,
        stripe: {
          ...real,
          customers: { ...real.customers, isDeleted: async () => false },
          subscriptions: {
            ...real.subscriptions,
            list: async () => now().subscriptions,
            timeOf: async () => now().now,
          },
          invoices: { ...real.invoices, list: async () => now().invoices },
          charges: { ...real.charges, list: async () => now().charges },
        },
      };
    },
    /** Gives a customer at Stripe to a company of their own for a while. */
    async inTurn<T>(customer: string, use: (company: TestCompany) => Promise<T>): Promise<T> {
      await deps.db.deleteFrom('companies').execute();
      companies += 1;
      const company = await addCompany(deps.db, `turn-${companies}`);
      await deps.db
        .insertInto('company_subscriptions')
        .values({ company_id: company.id, stripe_customer_id: customer })
        .execute();
      return use(company);
    },
    /** Everything that stands of a company, without what differs between two with the same life. */
    async stateOf({ id }: TestCompany) {
      const row = await deps.db
        .selectFrom('company_subscriptions as s')
        .innerJoin('companies', 'companies.id', 's.company_id')
        .where('s.company_id', '=', id)
        .selectAll('s')
        .select('companies.suspended_at')
        .executeTakeFirstOrThrow();
      const invoices = await deps.db
        .selectFrom('invoices')
        .where('company_id', '=', id)
        .orderBy('created_at')
        .selectAll()
        .execute();
      const notices = await deps.db
        .selectFrom('subscription_notices')
        .where('company_id', '=', id)
        .orderBy('kind')
        .select(['kind', 'about'])
        .execute();
      const { status, currency, unit_amount_cents, trial_ends_at, period_ends_at, cancel_at, ended_at } = row;
      return {
        subscription: {
          ...{ status, currency, unit_amount_cents, trial_ends_at, period_ends_at, cancel_at, ended_at },
          dunning: row.dunning_stage,
          suspended: row.suspended_at !== null,
        },
        invoices: invoices.map(({ status, total_cents, paid_cents, refunded_cents, attempts, paid_at }) => ({
          ...{ status, total_cents, paid_cents, refunded_cents, attempts, paid_at },
        })),
        notices: notices.map(({ kind }) => kind),
      };
    },
    async close() {
      await deps.close();
      await emulators.close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
