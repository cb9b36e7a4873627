import { describe, expect, it } from 'vitest';
import { renderNotice } from '../../../activities/phone-desk/subscription/render-notice.ts';
import type { SubscriptionNotice } from '../../../db/phone-desk/subscription/subscription-notices.ts';
import { formatMoney } from '../../../shared/money.ts';
import { dunningStage } from '../../../shared/subscriptions/standing.ts';

const notice = (changes: Partial<SubscriptionNotice>): SubscriptionNotice => ({
  id: 'notice',
  companyId: 'company',
  kind: 'payment-failed-first',
  about: 'in_1',
  status: 'pending',
  createdAt: new Date('2026-03-01T09:00:00Z'),
  companyName: 'Salon <Linde>',
  email: 'desk@linde.example',
  locale: 'de-DE',
  timeZone: 'Europe/Berlin',
  dataKeptUntil: new Date('2026-06-01T00:00:00Z'),
  trialEndsAt: new Date('2026-03-04T23:30:00Z'),
  unitAmountCents: 4_900,
  quantity: 2,
  currency: 'EUR',
  invoiceNumber: 'ABC-0001',
  invoiceCurrency: 'EUR',
  totalCents: 123_450,
  nextAttemptAt: new Date('2026-03-05T12:00:00Z'),
  payUrl: 'https://invoice.stripe.example/i/in_1',
  ...changes,
});

const kinds = [
  'trial-ending',
  'payment-failed-first',
  'payment-failed-second',
  'payment-failed-final',
  'deactivated',
  'paid-again',
] as const;

describe('a notice', () => {
  it.each(kinds.flatMap((kind) => ['de-DE', 'en-US', 'fr-FR'].map((locale) => [kind, locale] as const)))(
    '%s in %s is whole',
    async (kind, locale) => {
      const { subject, html, text } = await renderNotice(notice({ kind, locale }));
      for (const part of [subject, html, text]) expect(part).not.toMatch(/\{\{|\{%|undefined|null|NaN/);
      expect(html).toContain('Salon &lt;Linde&gt;');
      expect(text).toContain('Salon <Linde>');
      const pays = kind.startsWith('payment-failed');
      expect(text.includes('https://invoice.stripe.example/i/in_1')).toBe(pays);
    },
  );

  it('writes money and days as the company does, by its own clock', async () => {
    const german = await renderNotice(notice({}));
    expect(german.subject).toBe('Wir konnten 1.234,50\u00a0€ nicht abbuchen');
    expect(german.text).toContain('Wir versuchen es am 5. März 2026 noch einmal.');
    // Half past eleven in London is the next day in Berlin.
    const trial = await renderNotice(notice({ kind: 'trial-ending' }));
    expect(trial.subject).toBe('Ihr Testzeitraum endet am 5. März 2026');
    expect(trial.text).toContain('98,00\u00a0€');
    expect((await renderNotice(notice({ nextAttemptAt: null }))).text).not.toContain('noch einmal');
  });
});

it('money has the digits of its currency', () => {
  expect(formatMoney(4_900, 'USD', 'en-US')).toBe('$49.00');
  expect(formatMoney(4_900, 'JPY', 'en-US')).toBe('¥4,900');
});

it.each([
  [{ status: 'open', attempts: 0, nextAttemptAt: new Date() }, 'none'],
  [{ status: 'open', attempts: 1, nextAttemptAt: new Date() }, 'first'],
  [{ status: 'open', attempts: 2, nextAttemptAt: new Date() }, 'second'],
  [{ status: 'open', attempts: 3, nextAttemptAt: new Date() }, 'final'],
  [{ status: 'open', attempts: 1, nextAttemptAt: null }, 'final'],
  [{ status: 'uncollectible', attempts: 2, nextAttemptAt: null }, 'final'],
  [{ status: 'paid', attempts: 3, nextAttemptAt: null }, 'none'],
  [{ status: 'void', attempts: 3, nextAttemptAt: null }, 'none'],
])('an invoice that is %j stands at %s', (invoice, stage) => {
  expect(dunningStage(invoice)).toBe(stage);
});
