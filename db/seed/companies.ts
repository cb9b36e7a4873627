/** Weekly hours as `[weekdays (1 Monday … 7 Sunday), from, to]`, local times. */
export type Hours = [number[], string, string][];

export interface SeedStaff {
  name: string;
  email: string;
  hours: Hours;
}

export interface SeedService {
  slug: string;
  name: string;
  aliases: string[];
  durationMin: number;
  bufferAfterMin: number;
  priceCents: number;
  /** E-mails of the staff who do it, with the Cal.com event type of each. */
  offeredBy: Record<string, number>;
}

export interface SeedCompany {
  slug: string;
  name: string;
  timeZone: string;
  locale: string;
  country: string;
  currency: string;
  contactEmail: string;
  smsEnabled: boolean;
  line: { numberE164: string; agentId: string };
  calcomKey: string;
  /** With which the calendar signs its webhooks. */
  calcomWebhookSecret?: string;
  staff: SeedStaff[];
  services: SeedService[];
}

const weekdays = [1, 2, 3, 4, 5];

/** Two businesses as they come: a hairdresser in Berlin and a dentist in Chicago. */
export const seedCompanies: SeedCompany[] = [
  {
    slug: 'salon-lindgruen',
    name: 'Salon Lindgrün',
    timeZone: 'Europe/Berlin',
    locale: 'de-DE',
    country: 'DE',
    currency: 'EUR',
    contactEmail: 'hallo@salon-lindgruen.example',
    smsEnabled: true,
    line: { numberE164: '+493090182010', agentId: 'agent_lindgruen_desk' },
    calcomKey: 'cal_live_lindgruen',
    calcomWebhookSecret: 'calendar-secret-lindgruen',
    staff: [
      {
        name: 'Mara Lindgrün',
        email: 'mara@salon-lindgruen.example',
        hours: [
          [[2, 3, 4, 5], '09:00', '13:00'],
          [[2, 3, 4, 5], '14:00', '18:30'],
          [[6], '09:00', '15:00'],
        ],
      },
      {
        name: 'Jonas Petersen',
        email: 'jonas@salon-lindgruen.example',
        hours: [[weekdays, '10:00', '18:00']],
      },
      {
        name: 'Aylin Demir',
        email: 'aylin@salon-lindgruen.example',
        hours: [[[3, 4, 5, 6], '09:00', '17:00']],
      },
    ],
    services: [
      {
        slug: 'haircut',
        name: 'Haarschnitt',
        aliases: ['cut', 'schnitt', 'haare schneiden'],
        durationMin: 45,
        bufferAfterMin: 10,
        priceCents: 4_900,
        offeredBy: {
          'mara@salon-lindgruen.example': 101,
          'jonas@salon-lindgruen.example': 102,
          'aylin@salon-lindgruen.example': 103,
        },
      },
      {
        slug: 'colour',
        name: 'Farbe und Schnitt',
        aliases: ['färben', 'colouring', 'farbe'],
        durationMin: 120,
        bufferAfterMin: 15,
        priceCents: 11_900,
        offeredBy: { 'mara@salon-lindgruen.example': 111, 'aylin@salon-lindgruen.example': 113 },
      },
    ],
  },
  {
    slug: 'northside-dental',
    name: 'Northside Dental',
    timeZone: 'America/Chicago',
    locale: 'en-US',
    country: 'US',
    currency: 'USD',
    contactEmail: 'front-desk@northside-dental.example',
    smsEnabled: false,
    line: { numberE164: '+13125550142', agentId: 'agent_northside_desk' },
    calcomKey: 'cal_live_northside',
    calcomWebhookSecret: 'calendar-secret-northside',
    staff: [
      {
        name: 'Dr. Priya Raman',
        email: 'raman@northside-dental.example',
        hours: [[weekdays, '08:00', '16:00']],
      },
      {
        name: 'Dr. Owen Clarke',
        email: 'clarke@northside-dental.example',
        hours: [[[1, 2, 4], '10:00', '19:00']],
      },
    ],
    services: [
      {
        slug: 'checkup',
        name: 'Check-up and cleaning',
        aliases: ['check-up', 'cleaning', 'checkup'],
        durationMin: 60,
        bufferAfterMin: 0,
        priceCents: 18_000,
        offeredBy: { 'raman@northside-dental.example': 201, 'clarke@northside-dental.example': 202 },
      },
      {
        slug: 'consultation',
        name: 'Consultation',
        aliases: ['first visit', 'consult'],
        durationMin: 30,
        bufferAfterMin: 0,
        priceCents: 9_500,
        offeredBy: { 'raman@northside-dental.example': 211 },
      },
    ],
  },
];
