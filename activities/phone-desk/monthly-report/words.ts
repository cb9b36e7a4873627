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
  /** Points of a percentage; `#` is the number. */
  points: string;
  /** The rest of a table; `#` is how many there are. */
  others: string;
  total: string;
  perDay: string;
  perHour: string;
  callsLegend: string;
  bookingsLegend: string;
  services: string;
  staff: string;
  outcomes: string;
  columns: { bookings: string; revenue: string; calls: string; amount: string };
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
  points: '# points',
  others: 'Others (#)',
  total: 'Together, without the subscription',
  perDay: 'Calls and bookings by day',
  perHour: 'When people call',
  callsLegend: 'calls',
  bookingsLegend: 'bookings',
  services: 'What was booked',
  staff: 'With whom',
  outcomes: 'How calls ended',
  columns: { bookings: 'Bookings', revenue: 'Value', calls: 'Calls', amount: 'Amount' },
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
    'already-settled': 'Settled before',
    'call-lost': 'Nothing known',
  },
  bill: 'What the use of this month costs',
  noBill: 'Usage of this month is not billed yet.',
  nothing: 'Nothing in this month.',
  mail: {
    subject: 'Your {{ month }}: {{ calls }}, {{ bookings }}',
    greeting: 'Hello {{ company }},',
    lead: '{{ calls }} came in ({{ callsBefore }} the month before). {{ bookings }} stand, worth {{ revenue }} ({{ revenueBefore }} the month before).',
    attached:
      'The attached report shows when people call, what they book and with whom, and what the use of this month costs.',
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
  points: '# Prozentpunkte',
  others: 'Weitere (#)',
  total: 'Zusammen, ohne das Abonnement',
  perDay: 'Anrufe und Buchungen je Tag',
  perHour: 'Wann angerufen wird',
  callsLegend: 'Anrufe',
  bookingsLegend: 'Buchungen',
  services: 'Was gebucht wurde',
  staff: 'Bei wem',
  outcomes: 'Wie Anrufe endeten',
  columns: { bookings: 'Buchungen', revenue: 'Wert', calls: 'Anrufe', amount: 'Betrag' },
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
    'already-settled': 'Schon erledigt',
    'call-lost': 'Nichts bekannt',
  },
  bill: 'Was die Nutzung dieses Monats kostet',
  noBill: 'Die Nutzung dieses Monats ist noch nicht abgerechnet.',
  nothing: 'Nichts in diesem Monat.',
  mail: {
    subject: 'Ihr {{ month }}: {{ calls }}, {{ bookings }}',
    greeting: 'Guten Tag {{ company }},',
    lead: '{{ calls }} (im Monat davor {{ callsBefore }}). {{ bookings }} im Wert von {{ revenue }} (im Monat davor {{ revenueBefore }}).',
    attached:
      'Der angehängte Bericht zeigt, wann angerufen wird, was bei wem gebucht wurde und was die Nutzung dieses Monats kostet.',
  },
};

const languages: Record<string, Words> = { en, de };

/** The company's language, else English. */
export const wordsOf = (locale: string): Words => languages[locale.slice(0, 2).toLowerCase()] ?? en;
