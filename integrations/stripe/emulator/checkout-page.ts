import type { CheckoutSession } from './wire.ts';

const page = (title: string, content: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>
<style>body{font-family:system-ui,sans-serif;background:#f4f5f7;color:#1c2430;margin:0}main{max-width:28rem;margin:4rem auto;background:#fff;border-radius:12px;padding:2rem}
button{display:block;width:100%;margin:.5rem 0;padding:.75rem;border:0;border-radius:8px;background:#635bff;color:#fff;font-size:1rem}button.bad{background:#8792a2}</style></head>
<body><main><h1>${title}</h1>${content}</main></body></html>`;

/** Where a customer of the emulator pays: one button for each way it can go. */
export function checkoutPage({ id, status, amount_total, currency }: CheckoutSession): string {
  if (status !== 'open') return page('Checkout', `<p>This page is ${status}.</p>`);
  const due =
    amount_total === 0 ? 'Free trial' : `${(amount_total / 100).toFixed(2)} ${currency.toUpperCase()}`;
  const button = (card: string, label: string, kind = '') =>
    `<form method="post" action="../../_emulator/checkout/${id}"><input type="hidden" name="card" value="${card}"><button class="${kind}">${label}</button></form>`;
  return page(
    'Checkout',
    `<p>${due}</p>${button('good', 'Pay with a good card')}${button('declined', 'Pay with a declined card', 'bad')}${button('declined-later', 'Pay with a card that is declined later', 'bad')}`,
  );
}
