import {
  type CalendarSubscriber,
  readSubscriber,
  settleSubscription,
  subscriptionSettled,
} from '../db/calendar-webhooks.ts';
import type { Db } from '../db/connect.ts';
import { calcomQuota } from '../shared/calcom-quota.ts';
import { failure, isFailure, type VendorFailure } from '../shared/failures.ts';
import { defaultLimits } from './company-settings.ts';
import type { EffectLedger } from './effects.ts';
import type { Vault } from './vault.ts';
import type { VendorReads } from './vendor-reads.ts';

interface Subscription {
  active: boolean;
  subscriberUrl: string;
  triggers: string[];
}

/** What is needed of Cal.com's client. */
interface CalendarClient {
  listWebhooks(): Promise<(Subscription & { id: string; secret?: string | null })[]>;
  createWebhook(order: Subscription & { secret: string }): Promise<{ id: string }>;
  updateWebhook(id: string, order: Subscription & { secret: string }): Promise<{ id: string }>;
}

export interface CalendarWebhooks {
  /** Where the company's calendar has to post. */
  urlOf(slug: string): string;
  /**
   * Sees to it that Cal.com posts to us, signed with the company's secret; what is there already is used. Reads key and
   * secret as they are saved now. Throws catalogued failures.
   */
  subscribe(companyId: string): Promise<void>;
}

export interface CalendarWebhooksParts {
  db: Db;
  vault: Vault;
  reads: VendorReads;
  effects: EffectLedger;
  calcomWith(apiKey: string): CalendarClient;
  calcomFailure(error: unknown): VendorFailure;
  publicUrl: string;
  triggers: readonly string[];
}

export function createCalendarWebhooks(parts: CalendarWebhooksParts): CalendarWebhooks {
  const { db, vault, reads, effects, publicUrl } = parts;
  const urlOf = (slug: string) => {
    const url = new URL('/api/webhooks/calcom', publicUrl);
    url.searchParams.set('company', slug);
    return url.href;
  };

  function open({ id, calcomKey, webhookSecret }: CalendarSubscriber) {
    if (!calcomKey || !webhookSecret) {
      throw failure('VendorUnauthorized', `company ${id} has no Cal.com key or no webhook secret`);
    }
    return {
      client: parts.calcomWith(vault.open('company.calcom-key', calcomKey).toString()),
      secret: vault.open('company.calcom-webhook-secret', webhookSecret).toString(),
    };
  }

  return {
    urlOf,
    async subscribe(companyId) {
      const company = await readSubscriber(db, companyId);
      const { client, secret } = open(company);
      const order = {
        active: true,
        subscriberUrl: urlOf(company.slug),
        triggers: [...parts.triggers],
        secret,
      };
      const find = async () =>
        (await client.listWebhooks()).find(({ subscriberUrl }) => subscriberUrl === order.subscriberUrl);
      const serves = (found: Awaited<ReturnType<typeof find>>) =>
        found?.active &&
        found.secret === secret &&
        order.triggers.every((trigger) => found.triggers.includes(trigger));
      const limits = { ...defaultLimits, ...company.limits };
      const common = {
        vendor: 'calcom',
        companyId,
        entity: `company/${companyId}`,
        quota: calcomQuota(companyId, limits),
        classify: parts.calcomFailure,
      };

      const found = await reads.read({ ...common, operation: 'webhooks.list', ask: find });
      if (found && serves(found) && found.id === company.webhookId) return;
      try {
        await effects.once({
          ...common,
          // Counts on with every order that is settled, so that what somebody undoes at Cal.com can be done again.
          key: `calendar-webhook:${companyId}:${company.orders}`,
          operation: found ? 'webhooks.update' : 'webhooks.create',
          async lookUp() {
            const there = await find();
            return there && serves(there) ? { id: there.id } : null;
          },
          async perform() {
            // An order whose answer got lost may have been carried out.
            if (found && serves(found)) return { id: found.id };
            const { id } = found
              ? await client.updateWebhook(found.id, order)
              : await client.createWebhook(order);
            return { id };
          },
          also: ({ id }) => subscriptionSettled(company, id),
        });
      } catch (error) {
        // Cal.com has said no; the next order asks anew.
        if (isFailure(error, 'VendorRejected')) await settleSubscription(db, company, company.webhookId);
        throw error;
      }
    },
  };
}
