import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Updateable } from 'kysely';
import { fileNotification } from '../../activities/phone-desk/appointment/file-notification.ts';
import { sendNotification } from '../../activities/phone-desk/notification/send-notification.ts';
import { findOrCreateCustomer } from '../../db/phone-desk/people.ts';
import type { CompaniesTable } from '../../db/tables/companies.ts';
import type { CustomersTable } from '../../db/tables/people.ts';
import { createDeps, type Deps } from '../../platform/deps.ts';
import { readEnv } from '../../platform/env.ts';
import { createEmulatorHost } from '../../scripts/emulators/host.ts';
import { vendorEmulators } from '../../scripts/emulators/roster.ts';
import type { FaultPlan, LedgerEntry } from '../../shared/emulator.ts';
import type { NotificationKind } from '../../shared/messages/channels.ts';
import { addCompany } from '../api/support.ts';
import { postJson } from '../emulators/fixture.ts';
import { createTestDatabase } from './database.ts';

const HOUR_MS = 3_600_000;

export const APPROVED_SID = `HX${'a'.repeat(32)}`;

/** A company whose appointments customers are told about: our database, and the emulators of every channel. */
export async function openMessageDesk(settings: Record<string, string> = {}) {
  const dataDir = await mkdtemp(join(tmpdir(), 'message-desk-'));
  const database = await createTestDatabase();
  const emulators = await createEmulatorHost({
    dataDir,
    port: 0,
    emulators: vendorEmulators({ ...readEnv({}), SMTP_PORT: 0 }),
  });
  const env = readEnv({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    SWITCHBOARD_DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    EMULATORS_PORT: String(emulators.port),
    SMTP_PORT: String(emulators.smtpPort),
    ...settings,
  });
  let now: Date | null = null;
  const open = () => createDeps(env, { clock: () => now ?? new Date() });
  const deps = await open();
  const others: Deps[] = [];
  const company = await addCompany(deps.db, `salon-${randomUUID().slice(0, 8)}`);
  let customers = 0;
  await setCompany({ sms_enabled: true });

  function setCompany(values: Updateable<CompaniesTable>) {
    return deps.db.updateTable('companies').set(values).where('id', '=', company.id).execute();
  }
  const control = (path: string, init?: RequestInit) => fetch(`${emulators.url}${path}`, init);
  const ledger = async (vendor: string, operation: string) => {
    const answer = await control(`/_emulator/ledger?vendor=${vendor}&operation=${operation}`);
    return (await answer.json()) as LedgerEntry[];
  };
  const rowsOf = (appointmentId: string) =>
    deps.db
      .selectFrom('notifications')
      .where('appointment_id', '=', appointmentId)
      .selectAll()
      .orderBy('created_at')
      .orderBy('channel')
      .execute();

  return {
    deps,
    company,
    emulatorsUrl: emulators.url,
    databaseUrl: database.url,
    setCompany,
    /** The clock of the application; null: the real one. */
    setClock(at: Date | null) {
      now = at;
    },
    /** Another process of the same installation. */
    async otherProcess(): Promise<Deps> {
      const other = await open();
      others.push(other);
      return other;
    },
    /** Somebody with a mobile number and an address, and their appointment. */
    async customer(
      details: { name?: string | null; email?: string | null; startsAt?: Date; locale?: string } = {},
      columns: Updateable<CustomersTable> = {},
    ) {
      customers += 1;
      const phone = `+4915123${String(450_000 + customers)}`;
      const { name = 'Lena Hoffmann', email = `lena${customers}@example.com`, locale = 'en-GB' } = details;
      const { customerId } = await findOrCreateCustomer(deps.db, deps.vault, {
        companyId: company.id,
        phoneE164: phone,
        phoneIsMobile: true,
        name,
        email,
        timeZone: 'Europe/Berlin',
        locale,
      });
      if (Object.keys(columns).length > 0) {
        await deps.db.updateTable('customers').set(columns).where('id', '=', customerId).execute();
      }
      const startsAt = details.startsAt ?? new Date(Date.now() + 72 * HOUR_MS);
      const appointmentId = randomUUID();
      await deps.db
        .insertInto('appointments')
        .values({
          id: appointmentId,
          company_id: company.id,
          customer_id: customerId,
          staff_id: company.staffId,
          service_id: company.serviceId,
          call_id: null,
          source: 'api',
          status: 'booked',
          starts_at: startsAt,
          ends_at: new Date(startsAt.getTime() + HOUR_MS / 2),
          // Who blocks nothing overlaps nobody.
          blocked: '{}',
          time_zone: 'Europe/Berlin',
          calcom_event_type_id: 1,
          calcom_booking_uid: null,
          status_reason: null,
          counted_at: null,
          no_show_at: null,
        })
        .execute();
      return { customerId, appointmentId, phone, email: email ?? '', startsAt };
    },
    file: (appointmentId: string, kind: NotificationKind = 'confirmation') =>
      fileNotification(deps, appointmentId, kind),
    /** Sends what was filed and whatever takes over, each until nothing is left. */
    async tell(appointmentId: string, kind: NotificationKind = 'confirmation'): Promise<void> {
      const waiting = await fileNotification(deps, appointmentId, kind);
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const follower = await sendNotification(deps, next.id).catch((error: { type?: string }) => {
          if (error.type === 'VendorRejected') return null;
          throw error;
        });
        if (follower) waiting.push(follower);
      }
    },
    send: (id: string, by: Deps = deps) => sendNotification(by, id),
    rowsOf,
    /** `channel status reason` of everything that was filed for an appointment. */
    async told(appointmentId: string): Promise<string[]> {
      const rows = await rowsOf(appointmentId);
      return rows.map(({ channel, status, reason }) => [channel, status, reason].filter(Boolean).join(' '));
    },
    blocks: (customerId: string) =>
      deps.db
        .selectFrom('channel_blocks')
        .where('customer_id', '=', customerId)
        .select(['channel', 'reason', 'source', 'code'])
        .orderBy('channel')
        .execute(),
    /** WhatsApp with an approved text for every kind, in English. */
    async enableWhatsApp(variables = ['service', 'day', 'time', 'reference']) {
      const sender = deps.env.TWILIO_FROM_NUMBER;
      await setCompany({ whatsapp_sender: sender });
      const body = variables.map((_name, index) => `{{${index + 1}}}`).join(' / ');
      await this.seed({ twilio: { contents: [{ sid: APPROVED_SID, body }] } });
      const kinds = ['confirmation', 'reminder-24h', 'reminder-2h', 'cancellation', 'rescheduled'] as const;
      await deps.db
        .insertInto('message_templates')
        .values(
          kinds.map((kind) => ({
            company_id: company.id,
            kind,
            channel: 'whatsapp' as const,
            language: 'en',
            content_sid: APPROVED_SID,
            variables,
          })),
        )
        .execute();
    },
    async seed(data: object) {
      const answer = await postJson(`${emulators.url}/_emulator/seed`, data);
      if (!answer.ok) throw new Error(await answer.text());
    },
    condition(number: string, condition: string | null) {
      return this.seed({ twilio: { recipients: [{ number, condition }] } });
    },
    fault: (plan: FaultPlan) => postJson(`${emulators.url}/_emulator/faults`, plan),
    async clear() {
      await control('/_emulator/faults', { method: 'DELETE' });
      await deps.pool.query('DELETE FROM circuit_breakers');
    },
    ledger,
    /** Mails to an address, newest first. */
    async mails(to: string) {
      const answer = await control(`/mail/api/messages?to=${encodeURIComponent(to)}`);
      return (await answer.json()) as {
        subject: string;
        html: string;
        text: string;
        headers: { name: string; value: string }[];
      }[];
    },
    /** What Twilio took for a number, oldest first. */
    async texts(number: string) {
      const rows = await ledger('twilio', 'messages.create');
      return rows
        .map(({ request, response }) => ({
          ...(request as { To: string; From: string; Body?: string; ContentVariables?: string }),
          body: (response as { body: string }).body,
        }))
        .filter(({ To }) => To.endsWith(number));
    },
    async close() {
      await Promise.all(others.map((other) => other.close()));
      await deps.close();
      await emulators.close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export type MessageDesk = Awaited<ReturnType<typeof openMessageDesk>>;
