import { z } from 'zod';
import { companySlug, text, timestamp } from '../../fields.ts';
import { hoursSchema, shownHoursSchema } from '../../operations/companies/hours.ts';
import { syncRunSchema } from '../booking-sync/schema.ts';

export const eventTypeSchema = z
  .object({
    id: z.int().meta({ description: 'Of the calendar.' }),
    slug: z.string(),
    title: z.string(),
    lengthMin: z.int(),
    hosts: z.array(z.string()).meta({ description: 'E-mail addresses of those who do it.' }),
    service: z.string().nullable().meta({ description: 'Slug; null: a person has to say what it offers.' }),
    problem: z.string().nullable().meta({ description: 'What a person has to look at.' }),
    seenAt: timestamp,
    goneAt: timestamp.nullable().meta({ description: 'The calendar does not have it any more.' }),
  })
  .meta({ id: 'CalendarEventType' });

export const proposedStaffSchema = z
  .object({ id: z.uuid(), name: z.string(), email: z.string(), proposedAt: timestamp.nullable() })
  .meta({ id: 'ProposedStaff' });

export const eventTypesSchema = z
  .object({
    company: companySlug,
    last: syncRunSchema.nullable().meta({ description: 'The newest comparison.' }),
    lastSynced: syncRunSchema.nullable().meta({ description: 'The newest one that compared everything.' }),
    eventTypes: z.array(eventTypeSchema),
    proposedStaff: z
      .array(proposedStaffSchema)
      .meta({ description: 'Hosts in the calendar whom nobody has said to be of the staff; not booked.' }),
  })
  .meta({ id: 'CalendarEventTypes' });

export const eventTypeParams = z.strictObject({
  slug: text(100).meta({ description: 'Slug of the company.' }),
  eventTypeId: z.coerce.number().int().min(1).max(2_147_483_647),
});

export const mappingBody = z
  .strictObject({ service: text(100).meta({ description: 'Slug of the service that it offers.' }) })
  .meta({ id: 'EventTypeMapping' });

export const proposalParams = z.strictObject({
  slug: text(100).meta({ description: 'Slug of the company.' }),
  id: z.uuid('must be a UUID'),
});

export const acceptanceBody = z
  .strictObject({
    hours: hoursSchema.optional().meta({
      description: 'When they work, by their clock. Left out: whenever anybody else of the company does.',
    }),
  })
  .default({})
  .meta({ id: 'StaffAcceptance' });

export type AcceptanceBody = z.output<typeof acceptanceBody>;

export const acceptedStaffSchema = z
  .object({
    id: z.uuid(),
    company: companySlug,
    active: z.literal(true),
    timeZone: z.string().meta({ description: 'By whose clock the hours are.' }),
    hours: shownHoursSchema,
    hoursFrom: z.enum(['request', 'company']).meta({
      description: "company: no hours were given; these are the hours of the company's other staff together.",
    }),
  })
  .meta({ id: 'AcceptedStaff' });
