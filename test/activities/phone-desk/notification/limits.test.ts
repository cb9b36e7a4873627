import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Deps } from '../../../../platform/deps.ts';
import { type MessageDesk, openMessageDesk } from '../../../support/message-desk.ts';

let desk: MessageDesk;
let workers: [Deps, Deps];
beforeAll(async () => {
  desk = await openMessageDesk();
  workers = [desk.deps, await desk.otherProcess()];
});
afterAll(() => desk?.close());

type Way = 'mail' | 'sms' | 'whatsapp';

interface Recipient {
  customerId: string;
  email: string;
  phone: string;
}

/** One message to a customer, as the channels send it, without a notification behind it. */
async function send(
  by: Deps,
  way: Way,
  { customerId, email, phone }: Recipient,
  id: string,
): Promise<string> {
  const message = {
    id,
    key: `notification:${id}`,
    companyId: desk.company.id,
    entity: id,
    recipientId: customerId,
    createdAt: new Date(),
    sent: () => sql`nothing AS (SELECT 1)`,
  };
  const { mail, sms, whatsapp } = by.messages;
  const effect = await (way === 'mail'
    ? mail(message)
    : way === 'sms'
      ? sms(message, phone)
      : whatsapp(message, phone, true));
  const perform = () =>
    way === 'mail'
      ? by.mailer.send({ messageId: `<${id}@desk.example>`, to: email, subject: id, html: id, text: id })
      : by.sms.sendSms({ from: by.env.TWILIO_FROM_NUMBER, to: phone, body: id });
  try {
    await by.effects.once({ ...effect, perform });
    return 'sent';
  } catch (error) {
    const { type, details } = error as { type: string; details: [{ waitMs: number }] };
    return type === 'RateLimited' && details[0].waitMs > 0 ? 'waits' : `${type} ${String(error)}`;
  }
}

/** The database's clock goes on, as far as the limits can tell. */
const passMinutes = (minutes: number) =>
  sql`UPDATE limit_grants SET granted_at = granted_at - ${minutes} * interval '1 minute',
    used_at = used_at - ${minutes} * interval '1 minute'`.execute(desk.deps.db);

const count = (outcomes: string[]) =>
  outcomes.reduce<Record<string, number>>((counts, outcome) => {
    counts[outcome] = (counts[outcome] ?? 0) + 1;
    return counts;
  }, {});

describe('D6: the limit of a customer over two workers', () => {
  it('is 100 mails an hour to the mail, and a full window is not made longer by those who wait', async () => {
    const customer = await desk.customer();
    const ids = Array.from({ length: 110 }, () => randomUUID());
    const all = () => Promise.all(ids.map((id, index) => send(workers[index % 2]!, 'mail', customer, id)));
    expect(count(await all())).toEqual({ sent: 100, waits: 10 });
    expect(await desk.ledger('smtp', 'mail.deliver')).toHaveLength(100);
    // Asking again in between neither sends nor starts the hour anew.
    await passMinutes(40);
    expect(count(await all())).toEqual({ sent: 100, waits: 10 });
    await passMinutes(21);
    expect(count(await all())).toEqual({ sent: 110 });
    expect(await desk.ledger('smtp', 'mail.deliver')).toHaveLength(110);
    const other = await desk.customer();
    expect(await send(workers[0], 'mail', other, randomUUID())).toBe('sent');
  }, 60_000);

  it('is 50 SMS a day, WhatsApp counted with them', async () => {
    const customer = await desk.customer();
    const messages = Array.from({ length: 56 }, (_, index) => ({
      id: randomUUID(),
      way: (index % 3 === 0 ? 'whatsapp' : 'sms') as Way,
    }));
    const all = () =>
      Promise.all(messages.map(({ id, way }, index) => send(workers[index % 2]!, way, customer, id)));
    expect(count(await all())).toEqual({ sent: 50, waits: 6 });
    await passMinutes(24 * 60 - 1);
    expect(count(await all())).toEqual({ sent: 50, waits: 6 });
    await passMinutes(2);
    expect(count(await all())).toEqual({ sent: 56 });
    expect(await desk.texts(customer.phone)).toHaveLength(56);
  }, 60_000);
});
