import { createHash } from 'node:crypto';
import { endNotice, formNotice, noticeSent, pendingNotice, readNoticeLines } from '../db/alert-notices.ts';
import type { Db } from '../db/connect.ts';
import { findFailure, isFailure, type VendorFailure } from '../shared/failures.ts';
import { type AlertText, renderAlerts } from './alert-text.ts';
import type { EffectLedger } from './effects.ts';
import type { Env } from './env.ts';
import type { Logger } from './logger.ts';

/** What comes within a minute of a message comes in the next one, together. */
const GAP_MS = 60_000;

/** Tells operators what was raised and what is over, each once per channel, over crashes and processes. */
export interface AlertDelivery {
  /** Sends what is due; what cannot go out now goes out in a later call. */
  deliver(): Promise<void>;
}

interface Channel {
  name: string;
  vendor: string;
  operation: string;
  send(noticeId: string, text: AlertText): Promise<unknown>;
  classify(error: unknown): VendorFailure;
}

interface Parts {
  env: Pick<Env, 'ALERT_MAIL_TO' | 'PUBLIC_URL'>;
  db: Db;
  effects: EffectLedger;
  log: Logger;
  mailer: {
    send(
      mail: AlertText & { messageId: string; to: string; headers: Record<string, string> },
    ): Promise<unknown>;
  };
  mailFailure(error: unknown): VendorFailure;
  /** Absent: no chat is configured. */
  chat: { post(text: string): Promise<void> } | null;
  chatFailure(error: unknown): VendorFailure;
  gapMs?: number;
}

/** A recipient is known by a digest: the table says nothing of whose address it is. */
const mailChannel = (address: string) =>
  `mail/${createHash('sha256').update(address).digest('hex').slice(0, 12)}`;

function channelsOf({ env, mailer, mailFailure, chat, chatFailure }: Parts): Channel[] {
  const mails = env.ALERT_MAIL_TO.map((to) => ({
    name: mailChannel(to),
    vendor: 'smtp',
    operation: 'mail.deliver',
    send: (id: string, text: AlertText) =>
      mailer.send({
        ...text,
        to,
        messageId: `<alert-${id}@switchboard.example>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      }),
    classify: mailFailure,
  }));
  if (!chat) return mails;
  const post = (_id: string, { subject, text }: AlertText) => chat.post(`${subject}\n\n${text}`);
  return [
    ...mails,
    { name: 'chat', vendor: 'chat', operation: 'webhook.post', send: post, classify: chatFailure },
  ];
}

/** Channels are told on their own: one that is down holds up no other. */
export function createAlertDelivery(parts: Parts): AlertDelivery {
  const { db, effects, env, log, gapMs = GAP_MS } = parts;
  const channels = channelsOf(parts);

  async function send({ name, vendor, operation, send: perform, classify }: Channel, id: string) {
    const text = await renderAlerts(await readNoticeLines(db, id), env.PUBLIC_URL);
    const effect = {
      key: `alert-notice:${id}`,
      vendor,
      operation,
      companyId: null,
      entity: `alert-notice/${id}`,
    };
    try {
      await effects.once({
        ...effect,
        lookUp: null,
        classify,
        also: () => noticeSent(id),
        perform: async () => {
          await perform(id, text);
          return {};
        },
      });
    } catch (error) {
      const failed = findFailure(error);
      if (failed?.type === 'EffectUnknown') await endNotice(db, id, 'unknown');
      if (failed?.type === 'VendorRejected') await endNotice(db, id, 'refused');
      // Another process is at it, or the channel rests after failures that were logged.
      if (isFailure(error, 'EffectInProgress', 'CircuitOpen')) return;
      log.warn({ err: error, channel: name, noticeId: id }, 'operators were not told of alerts');
    }
  }

  return {
    async deliver() {
      await Promise.all(
        channels.map(async (channel) => {
          const { name } = channel;
          const id = (await pendingNotice(db, name)) ?? (await formNotice(db, name, gapMs));
          if (id) await send(channel, id);
        }),
      );
    },
  };
}
