import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { Insertable } from 'kysely';
import { openerOf } from '../../../db/sealed.ts';
import type { CallUsersTable } from '../../../db/tables/daily-calls.ts';
import { createOpenaiEmulator } from '../../../integrations/openai/emulator.ts';
import { createSmtpEmulator } from '../../../integrations/smtp/emulator.ts';
import { createTwilioEmulator } from '../../../integrations/twilio/emulator.ts';
import { createDeps, type Deps } from '../../../platform/deps.ts';
import { readEnv } from '../../../platform/env.ts';
import { createEmulatorHost } from '../../../scripts/emulators/host.ts';
import type { CallAnalysis } from '../../../shared/daily-calls/analysis.ts';
import type { FaultPlan, LedgerEntry } from '../../../shared/emulator.ts';
import { addCompany } from '../../api/support.ts';
import { postJson } from '../../emulators/fixture.ts';
import { createTestDatabase } from '../../support/database.ts';
import '../../support/quiet-runtime.ts';

export interface TalkedTo extends Partial<Insertable<CallUsersTable>> {
  name?: string | null;
  email?: string | null;
  phone?: string | null;
  transcript?: string | null;
  questions?: { key: string; question: string }[];
}

/** What stands after a call: our database, and the emulators of everything that is used from there on. */
export async function startAfterCall() {
  const dataDir = await mkdtemp(join(tmpdir(), 'after-call-'));
  const database = await createTestDatabase();
  const keys = readEnv({});
  const emulators = await createEmulatorHost({
    dataDir,
    port: 0,
    emulators: [
      createOpenaiEmulator({ apiKey: keys.LLM_API_KEY }),
      createSmtpEmulator({ port: 0 }),
      createTwilioEmulator({ accountSid: keys.TWILIO_ACCOUNT_SID, authToken: keys.TWILIO_AUTH_TOKEN }),
    ],
  });
  const env = readEnv({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    SWITCHBOARD_DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    EMULATORS_PORT: String(emulators.port),
    SMTP_PORT: String(emulators.smtpPort),
  });
  const deps = await createDeps(env);
  const company = await addCompany(deps.db, 'care-line');
  await deps.db.updateTable('companies').set({ sms_enabled: true }).where('id', '=', company.id).execute();
  let users = 0;

  return {
    deps,
    company,
    /** Runs an activity as a worker does. */
    run: <T>(activity: (deps: Deps) => Promise<T>): Promise<T> =>
      new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(() => activity(deps)),
    /** A person of German tongue who has just been called; returns the attempt. */
    async talkedTo(said: TalkedTo = {}) {
      users += 1;
      const phone = said.phone === undefined ? `+491512345${1_000 + users}` : said.phone;
      const {
        transcript,
        questions,
        name = 'Mia Sommer',
        email = `mia${users}@example.com`,
        ...columns
      } = said;
      delete columns.phone;
      const { wrapped, key } = deps.vault.newPersonKey();
      const seal = (field: string, value: string | null | undefined) =>
        value ? key.seal(field, value) : null;
      const person = await insert('person_keys', { wrapped_key: wrapped });
      const script = questions
        ? await insert('agent_scripts', {
            company_id: company.id,
            slug: `script-${users}`,
            name: 'Script',
            questions: JSON.stringify(questions),
          })
        : null;
      const user = await insert('call_users', {
        company_id: company.id,
        person_id: person,
        name_sealed: seal('call_users.name', name),
        email_sealed: seal('call_users.email', email),
        phone_sealed: seal('call_users.phone', phone),
        phone_index: phone && deps.vault.blindIndex('do-not-call', phone),
        locale: 'de-DE',
        call_time: '18:00',
        local_tz: 'Europe/Berlin',
        retry_delays: '{}',
        notify_channels: ['email', 'sms'],
        script_id: script,
        ...columns,
      });
      const day = { user_id: user, local_date: '2026-03-02', company_id: company.id };
      await insert('daily_calls', { ...day, local_tz: 'Europe/Berlin', due_at: new Date() }, 'user_id');
      const attemptId = await insert('call_attempts', {
        ...day,
        number: 1,
        provider: 'callkaro',
        provider_call_id: `call-${users}`,
        planned_for: new Date(),
        status: 'completed',
        dialled_at: new Date(),
        ended_at: new Date(),
        transcript_sealed: seal('call_attempts.transcript', transcript),
      });
      return { attemptId, userId: user, personId: person, phone, email };
    },
    /** A second attempt of the same day that was completed too. */
    async calledAgain(attemptId: string): Promise<string> {
      const { id, number, provider_call_id, ...first } = await deps.db
        .selectFrom('call_attempts')
        .where('id', '=', attemptId)
        .selectAll()
        .executeTakeFirstOrThrow();
      return insert('call_attempts', {
        ...first,
        number: number + 1,
        provider_call_id: `${provider_call_id}-again`,
      });
    },
    /** What is known of a call, opened. */
    async attempt(attemptId: string) {
      const row = await deps.db
        .selectFrom('call_attempts')
        .innerJoin('call_users', 'call_users.id', 'call_attempts.user_id')
        .innerJoin('person_keys', 'person_keys.id', 'call_users.person_id')
        .where('call_attempts.id', '=', attemptId)
        .select(['analysis_status', 'analysis_sealed', 'sentiment', 'mood', 'wrapped_key'])
        .executeTakeFirstOrThrow();
      const opened = openerOf(deps.vault, row.wrapped_key)('call_attempts.analysis', row.analysis_sealed);
      return { ...row, analysis: opened === null ? null : (JSON.parse(opened) as CallAnalysis) };
    },
    notices: (attemptId: string) =>
      deps.db
        .selectFrom('call_notices')
        .where('attempt_id', '=', attemptId)
        .select(['id', 'channel', 'status', 'reason', 'vendor_ref'])
        .orderBy('channel')
        .execute(),
    script: (answer: object) => postJson(`${emulators.url}/openai/_emulator/answers`, answer),
    seed: (data: object) => postJson(`${emulators.url}/_emulator/seed`, data),
    fault: (plan: FaultPlan) => postJson(`${emulators.url}/_emulator/faults`, plan),
    async clear() {
      await fetch(`${emulators.url}/_emulator/faults`, { method: 'DELETE' });
      await fetch(`${emulators.url}/_emulator/state`, { method: 'DELETE' });
      await deps.pool.query('DELETE FROM circuit_breakers');
    },
    ledger: async (vendor: string) =>
      (await fetch(`${emulators.url}/_emulator/ledger?vendor=${vendor}`)).json() as Promise<LedgerEntry[]>,
    /** The newest mail to an address. */
    async mail(to: string) {
      const answer = await fetch(`${emulators.url}/mail/api/messages?to=${to}`);
      const mails = (await answer.json()) as { subject: string; html: string; text: string }[];
      return mails[0];
    },
    /** What was sent by SMS, oldest first. */
    async texts() {
      const sent = (await this.ledger('twilio')).filter(({ operation }) => operation === 'messages.create');
      return sent.map(({ request }) => request as { From: string; To: string; Body: string });
    },
    async close() {
      await deps.close();
      await emulators.close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };

  async function insert(table: string, values: object, returning = 'id'): Promise<string> {
    const row = await deps.db
      .insertInto(table as 'call_users')
      .values(values as Insertable<CallUsersTable>)
      .returning(returning as 'id')
      .executeTakeFirstOrThrow();
    return Object.values(row)[0] as string;
  }
}

export type AfterCall = Awaited<ReturnType<typeof startAfterCall>>;
