export interface Words {
  title: string;
  comparedWith: string;
  tiles: {
    calls: string;
    bookedByPhone: string;
    bookings: string;
    revenue: string;
    minutes: string;
    messages: string;
    cancelled: string;
    noShows: string;
  };
  unchanged: string;
  perDay: string;
  perHour: string;
  callsLegend: string;
  bookingsLegend: string;
  services: string;
  staff: string;
  outcomes: string;
  columns: { name: string; bookings: string; revenue: string; calls: string };
  outcomeNames: Record<string, string>;
  bill: string;
  noBill: string;
  nothing: string;
  mail: { subject: string; greeting: string; lead: string; attached: string };
}

const en: Words = {
  title: 'Monthly report',
  comparedWith: 'compared with',
  tiles: {
    calls: 'Inbound calls',
    bookedByPhone: 'Calls that booked',
    bookings: 'Bookings',
    revenue: 'Booked value',
    minutes: 'Call minutes',
    messages: 'Messages sent',
    cancelled: 'Cancelled',
    noShows: 'Did not come',
  },
  unchanged: 'as before',
  perDay: 'Calls and bookings by day',
  perHour: 'When people call',
  callsLegend: 'calls',
  bookingsLegend: 'bookings',
  services: 'What was booked',
  staff: 'With whom',
  outcomes: 'How calls ended',
  columns: { name: '', bookings: 'Bookings', revenue: 'Value', calls: 'Calls' },
  outcomeNames: {
    booked: 'Booked',
    'alternatives-offered': 'Other times offered',
    'no-wish': 'No appointment wished',
    'not-connected': 'Not connected',
    'handed-to-person': 'Handed to a person',
    dismissed: 'Closed by a person',
    'review-expired': 'Waited too long for a person',
    cancelled: 'Stopped',
    unroutable: 'Unknown line',
    'call-lost': 'Nothing known',
  },
  bill: 'Usage of this month is billed with',
  noBill: 'Usage of this month is not billed yet.',
  nothing: 'Nothing in this month.',
  mail: {
    subject: 'Your {{ month }}: {{ calls }} calls, {{ bookings }} bookings',
    greeting: 'Hello,',
    lead: '{{ calls }} people called, {{ bookings }} appointments were booked, worth {{ revenue }}.',
    attached: 'The whole report is attached.',
  },
};

const de: Words = {
  title: 'Monatsbericht',
  comparedWith: 'verglichen mit',
  tiles: {
    calls: 'Eingehende Anrufe',
    bookedByPhone: 'Anrufe mit Buchung',
    bookings: 'Buchungen',
    revenue: 'Gebuchter Wert',
    minutes: 'Gesprächsminuten',
    messages: 'Nachrichten',
    cancelled: 'Abgesagt',
    noShows: 'Nicht gekommen',
  },
  unchanged: 'wie zuvor',
  perDay: 'Anrufe und Buchungen je Tag',
  perHour: 'Wann angerufen wird',
  callsLegend: 'Anrufe',
  bookingsLegend: 'Buchungen',
  services: 'Was gebucht wurde',
  staff: 'Bei wem',
  outcomes: 'Wie Anrufe endeten',
  columns: { name: '', bookings: 'Buchungen', revenue: 'Wert', calls: 'Anrufe' },
  outcomeNames: {
    booked: 'Gebucht',
    'alternatives-offered': 'Andere Zeiten angeboten',
    'no-wish': 'Kein Terminwunsch',
    'not-connected': 'Nicht verbunden',
    'handed-to-person': 'An einen Menschen gegeben',
    dismissed: 'Von einem Menschen geschlossen',
    'review-expired': 'Zu lange auf einen Menschen gewartet',
    cancelled: 'Abgebrochen',
    unroutable: 'Unbekannte Leitung',
    'call-lost': 'Nichts bekannt',
  },
  bill: 'Die Nutzung dieses Monats ist abgerechnet mit',
  noBill: 'Die Nutzung dieses Monats ist noch nicht abgerechnet.',
  nothing: 'Nichts in diesem Monat.',
  mail: {
    subject: 'Ihr {{ month }}: {{ calls }} Anrufe, {{ bookings }} Buchungen',
    greeting: 'Guten Tag,',
    lead: '{{ calls }} Anrufe, {{ bookings }} gebuchte Termine im Wert von {{ revenue }}.',
    attached: 'Der ganze Bericht hängt an.',
  },
};

const languages: Record<string, Words> = { en, de };

/** The company's language, else English. */
export const wordsOf = (locale: string): Words => languages[locale.slice(0, 2).toLowerCase()] ?? en;
