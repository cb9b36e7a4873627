import type { NotificationKind } from '../channels.ts';

interface Wording {
  subject: string;
  lead: string;
  sms: string;
}

/** The last reminder names no day: what starts in two hours may start tomorrow on the customer's clock. */
type Wordings = Record<NotificationKind, Wording>;

const en: Wordings = {
  confirmation: {
    subject: 'Confirmed: {{ service }} on {{ day }} at {{ time }}',
    lead: 'your appointment is booked. We look forward to seeing you.',
    sms: '{{ company }}: {{ service }} booked for {{ day }}, {{ time }} with {{ staff }}.',
  },
  'reminder-24h': {
    subject: 'Tomorrow: {{ service }} at {{ time }}',
    lead: 'a short reminder of your appointment tomorrow.',
    sms: '{{ company }}: reminder, {{ service }} on {{ day }}, {{ time }} with {{ staff }}.',
  },
  'reminder-2h': {
    subject: 'Reminder: {{ service }} at {{ time }}',
    lead: 'your appointment starts soon.',
    sms: '{{ company }}: reminder, {{ service }} at {{ time }} with {{ staff }}.',
  },
  cancellation: {
    subject: 'Cancelled: {{ service }} on {{ day }} at {{ time }}',
    lead: 'your appointment is cancelled. Call us for a new one.',
    sms: '{{ company }}: {{ service }} on {{ day }}, {{ time }} is cancelled.',
  },
  rescheduled: {
    subject: 'Moved: {{ service }} is now on {{ day }} at {{ time }}',
    lead: 'your appointment has a new time.',
    sms: '{{ company }}: {{ service }} moved to {{ day }}, {{ time }} with {{ staff }}.',
  },
};

const de: Wordings = {
  confirmation: {
    subject: 'Bestätigt: {{ service }} am {{ day }} um {{ time }}',
    lead: 'Ihr Termin ist gebucht. Wir freuen uns auf Sie.',
    sms: '{{ company }}: {{ service }} gebucht am {{ day }}, {{ time }} bei {{ staff }}.',
  },
  'reminder-24h': {
    subject: 'Morgen: {{ service }} um {{ time }}',
    lead: 'eine kurze Erinnerung an Ihren Termin morgen.',
    sms: '{{ company }}: Erinnerung, {{ service }} am {{ day }}, {{ time }} bei {{ staff }}.',
  },
  'reminder-2h': {
    subject: 'Erinnerung: {{ service }} um {{ time }}',
    lead: 'Ihr Termin beginnt bald.',
    sms: '{{ company }}: Erinnerung, {{ service }} um {{ time }} bei {{ staff }}.',
  },
  cancellation: {
    subject: 'Abgesagt: {{ service }} am {{ day }} um {{ time }}',
    lead: 'Ihr Termin ist abgesagt. Rufen Sie uns gern für einen neuen an.',
    sms: '{{ company }}: {{ service }} am {{ day }}, {{ time }} ist abgesagt.',
  },
  rescheduled: {
    subject: 'Verschoben: {{ service }} ist jetzt am {{ day }} um {{ time }}',
    lead: 'Ihr Termin hat eine neue Zeit.',
    sms: '{{ company }}: {{ service }} verschoben auf {{ day }}, {{ time }} bei {{ staff }}.',
  },
};

export interface Language {
  wordings: Wordings;
  greeting: string;
  labels: { service: string; when: string; with: string };
  /** Says whose clock a time is on. */
  zoneNote: string;
  /** The words of the link that ends reminders. */
  unsubscribe: string;
}

const languages: Record<string, Language> = {
  en: {
    wordings: en,
    greeting: 'Hello{% if name %} {{ name }}{% endif %},',
    labels: { service: 'Service', when: 'When', with: 'With' },
    zoneNote: 'All times in {{ zone }}.',
    unsubscribe: 'No reminders by mail any more',
  },
  de: {
    wordings: de,
    greeting: 'Guten Tag{% if name %} {{ name }}{% endif %},',
    labels: { service: 'Leistung', when: 'Wann', with: 'Bei' },
    zoneNote: 'Alle Zeiten in {{ zone }}.',
    unsubscribe: 'Keine Erinnerungen per E-Mail mehr',
  },
};

const codeOf = (locale: string) => locale.split('-', 1)[0]!.toLowerCase();

/** Whether we have words of our own in the language of a locale. */
export const isSpoken = (locale: string): boolean => Object.hasOwn(languages, codeOf(locale));

/** The customer's language, else English. */
export const languageOf = (locale: string): Language =>
  (isSpoken(locale) ? languages[codeOf(locale)] : languages.en)!;
