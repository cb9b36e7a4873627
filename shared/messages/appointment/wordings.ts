import type { NotificationKind } from '../channels.ts';

interface Wording {
  subject: string;
  lead: string;
  sms: string;
}

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
    subject: 'Today at {{ time }}: {{ service }}',
    lead: 'your appointment starts in about two hours.',
    sms: '{{ company }}: {{ service }} today at {{ time }} with {{ staff }}.',
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
    subject: 'Heute um {{ time }}: {{ service }}',
    lead: 'Ihr Termin beginnt in etwa zwei Stunden.',
    sms: '{{ company }}: {{ service }} heute um {{ time }} bei {{ staff }}.',
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

/** Whether we have words of our own in a language. */
export const isSpoken = (language: string): boolean => language in languages;

/** The customer's language, else English. */
export function languageOf(locale: string): Language {
  return languages[locale.slice(0, 2).toLowerCase()] ?? languages.en!;
}
