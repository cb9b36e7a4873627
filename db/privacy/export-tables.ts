import type { Database } from '../tables/database.ts';

/** How a table is told to the person. */
export interface ExportedTable {
  section: string;
  /** What it holds, for whoever reads the file. */
  says: string;
  /** Columns of our own housekeeping. */
  without: readonly string[];
}

const housekeeping = ['person_id', 'company_id'] as const;

/** What a copy holds, in its order; a test wants every place of a person here or below. */
export const exportedTables: ReadonlyMap<keyof Database, ExportedTable> = new Map([
  [
    'customers',
    {
      section: 'customer',
      says: 'Who you are to the company: name, number, address, settings.',
      without: housekeeping,
    },
  ],
  [
    'calls',
    {
      section: 'calls',
      says: 'Calls between you and the company: when, how long, what was said, what was understood, what came of it.',
      without: [...housekeeping, 'settled_by', 'recording_key', 'refresh_due_at'],
    },
  ],
  [
    'appointments',
    {
      section: 'appointments',
      says: 'Your appointments. Times are in UTC.',
      without: [...housekeeping, 'blocked', 'calcom_event_type_id'],
    },
  ],
  [
    'booking_requests',
    { section: 'bookingRequests', says: 'Bookings that were asked for online.', without: housekeeping },
  ],
  [
    'appointment_requests',
    { section: 'changes', says: 'Cancellations and moves that were asked for.', without: [] },
  ],
  [
    'notifications',
    { section: 'messages', says: 'Mails and SMS to you about appointments.', without: housekeeping },
  ],
  [
    'channel_blocks',
    { section: 'channels', says: 'Ways on which you are not to be written to, or cannot be.', without: [] },
  ],
  ['push_subscriptions', { section: 'devices', says: 'Devices to which messages are pushed.', without: [] }],
  [
    'calendar_drifts',
    {
      section: 'calendarDifferences',
      says: 'Where an appointment stood otherwise in the calendar.',
      without: housekeeping,
    },
  ],
  [
    'call_users',
    {
      section: 'dailyCallUser',
      says: 'Who you are to the daily calls: name, number, address, consent, when you wish to be called.',
      without: housekeeping,
    },
  ],
  [
    'daily_calls',
    { section: 'days', says: 'Days on which you were to be called, by your clock.', without: housekeeping },
  ],
  [
    'call_attempts',
    {
      section: 'attempts',
      says: 'Calls of these days: when, how long, what was said, how it was read.',
      without: housekeeping,
    },
  ],
  ['call_notices', { section: 'notices', says: 'Mails and SMS to you about daily calls.', without: [] }],
  [
    'script_assignments',
    { section: 'scripts', says: 'Which wording of a conversation you were given.', without: [] },
  ],
  [
    'reviews',
    {
      section: 'questions',
      says: 'Questions that a person decided about your calls.',
      without: [...housekeeping, 'workflow_id'],
    },
  ],
  [
    'inbox_events',
    {
      section: 'events',
      says: 'What telephone and calendar providers sent about you, as it came.',
      without: [
        ...housekeeping,
        'attempts',
        'next_attempt_at',
        'last_error',
        'request_id',
        'trace_parent',
        'entity',
        'about',
      ],
    },
  ],
] satisfies [keyof Database, ExportedTable][]);

/** Places of a person that no copy holds, and why. */
export const notExported: Partial<Record<keyof Database, string>> = {
  effects: 'notes of our own that something was sent or booked: what it was stands elsewhere',
  audit_log: 'who of the company did what; no data of the person',
  failed_runs: 'errors of our own',
  idempotency_keys: 'hashes of requests, kept for a day',
  legal_holds: 'matters of the company with others',
  gdpr_exports: 'this request itself',
  person_keys: 'the key',
};
