import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMailer, type OutgoingMail } from '../../../integrations/smtp/client.ts';
import type { MailView } from '../../../integrations/smtp/emulator/mail-view.ts';
import { createSmtpEmulator } from '../../../integrations/smtp/emulator.ts';
import { createEmulatorHost } from '../../../scripts/emulators/host.ts';
import type { LedgerEntry } from '../../../shared/emulator.ts';
import { postJson } from '../../emulators/fixture.ts';

export const invitation = (method: string, status = 'CONFIRMED') =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    `METHOD:${method}`,
    'BEGIN:VEVENT',
    'UID:appointment-1@desk.example',
    'SEQUENCE:2',
    `STATUS:${status}`,
    'DTSTART;TZID=Europe/Berlin:20261204T150000',
    'DTEND;TZID=Europe/Berlin:20261204T154500',
    'SUMMARY:Haircut\\, wash and dry',
    'DESCRIPTION:with Anna\\nplease be on time',
    'LOCATION:Torstraße 12\\; Berlin',
    'ORGANIZER;CN="Salon: Lumen":mailto:desk@salon.example',
    'ATTENDEE;CN=Lena Hoffmann;RSVP=TRUE:mailto:lena@example.com',
    'BEGIN:VALARM',
    'DESCRIPTION:of the alarm',
    'END:VALARM',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n');

let lastMail = 0;
/** A mail with everything a mail needs. */
export const mail = (parts: Partial<OutgoingMail> = {}): OutgoingMail => ({
  messageId: `<mail-${++lastMail}@desk.example>`,
  to: 'lena@example.com',
  subject: 'Your appointment',
  html: '<p>See you on <b>Friday</b></p>',
  text: 'See you on Friday',
  ...parts,
});

/** An emulator of its own and our client for it. */
export async function startSmtp() {
  const dataDir = await mkdtemp(join(tmpdir(), 'smtp-emulator-'));
  const start = () => createEmulatorHost({ dataDir, port: 0, emulators: [createSmtpEmulator({ port: 0 })] });
  let host = await start();
  const mailers: { close(): void }[] = [];
  const smtp = {
    url: host.url,
    connect(overrides: Partial<Parameters<typeof createMailer>[0]> = {}) {
      const mailer = createMailer({
        url: `smtp://127.0.0.1:${host.smtpPort}`,
        from: 'Salon Lumen <desk@salon.example>',
        ...overrides,
      });
      mailers.push(mailer);
      return mailer;
    },
    smtpPort: () => host.smtpPort ?? 0,
    control: (path: string, init?: RequestInit) => fetch(`${host.url}/_emulator${path}`, init),
    fault: (mode: string, more: object = {}) =>
      postJson(`${host.url}/_emulator/faults`, {
        vendor: 'smtp',
        operation: 'mail.deliver',
        mode,
        count: 1,
        ...more,
      }),
    async seed(data: object) {
      const response = await postJson(`${host.url}/_emulator/seed`, { smtp: data });
      if (!response.ok) throw new Error(await response.text());
    },
    ledger: async () => (await smtp.control('/ledger?vendor=smtp')).json() as Promise<LedgerEntry[]>,
    mails: async (query = '') =>
      (await fetch(`${host.url}/mail/api/messages${query}`)).json() as Promise<MailView[]>,
    async source(id: string): Promise<string> {
      const message = await (await fetch(`${host.url}/mail/api/messages/${id}`)).json();
      return (message as { source: string }).source;
    },
    async reset() {
      await smtp.control('/faults', { method: 'DELETE' });
      await smtp.control('/state', { method: 'DELETE' });
    },
    async restart() {
      await host.close();
      host = await start();
      smtp.url = host.url;
    },
    async close() {
      for (const mailer of mailers) mailer.close();
      await host.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  return smtp;
}

/** The error that a promise ends with; fails when it does not. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`expected an error, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}
