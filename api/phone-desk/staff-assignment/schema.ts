import { z } from 'zod';
import {
  ASSIGNMENTS_MAX,
  assignmentActions,
  batchStates,
  itemStatuses,
} from '../../../shared/phone-desk/assignments.ts';
import { companySlug, text, timestamp } from '../../fields.ts';
import { listQuery, pageOf } from '../../paging.ts';

export const assignmentHeaders = z.object({
  'idempotency-key': z.string('is required').min(1).max(200).meta({
    description: 'The same key with the same body gives the same batch, for 24 hours.',
  }),
});

const newAssignment = z.strictObject({
  staff: z
    .array(text(254))
    .min(1)
    .max(ASSIGNMENTS_MAX)
    .meta({ description: 'Ids or e-mail addresses of staff members.' }),
  eventTypeIds: z
    .array(z.int().min(1).max(2_147_483_647))
    .min(1)
    .max(ASSIGNMENTS_MAX)
    .meta({ description: "Event types of teams in the company's calendar (`GET …/event-types`)." }),
  action: z.enum([...assignmentActions, 'replace']).meta({
    description:
      '`assign` each of them to each event type, `remove` them from it, or `replace`: they alone of the staff host it; hosts who are nobody of the staff stay.',
  }),
});

export const assignmentsBody = z
  .strictObject({ assignments: z.array(newAssignment).min(1).max(ASSIGNMENTS_MAX) })
  .meta({ id: 'NewStaffAssignments' });

export type AssignmentsBody = z.output<typeof assignmentsBody>;

export const batchParams = z.strictObject({
  slug: text(100).meta({ description: 'Slug of the company.' }),
  id: z.uuid('must be a UUID'),
});

const { limit, cursor } = listQuery;
export const batchesQuery = z.strictObject({ limit, cursor });

const batch = z.object({
  id: z.uuid(),
  company: companySlug,
  state: z.enum(batchStates),
  undoOf: z.uuid().nullable().meta({ description: 'The batch whose changes this one takes back.' }),
  undoneBy: z.uuid().nullable().meta({ description: 'The batch that takes back what this one has changed.' }),
  total: z.int(),
  pending: z.int(),
  done: z.int(),
  unchanged: z.int().meta({ description: 'Were so already.' }),
  skipped: z.int().meta({ description: 'Of an undo: left as they are, because they were changed since.' }),
  failed: z.int(),
  cancelled: z.int(),
  percent: z.int().meta({ description: 'Of all, how many had their turn.' }),
  cancelRequestedAt: timestamp.nullable(),
  createdAt: timestamp,
  endedAt: timestamp.nullable().meta({ description: 'null: it runs.' }),
  links: z.object({ self: z.string() }),
});

export const batchSchema = batch
  .extend({
    items: z.array(
      z.object({
        position: z.int(),
        staffId: z.uuid(),
        staff: z.string().meta({ description: 'E-mail address.' }),
        eventTypeId: z.int(),
        action: z.enum(assignmentActions),
        status: z.enum(itemStatuses),
        reason: z.string().nullable().meta({ description: 'Why it failed or was skipped.' }),
        settledAt: timestamp.nullable(),
      }),
    ),
  })
  .meta({ id: 'StaffAssignmentBatch' });

export const batchPageSchema = pageOf(batch).meta({ id: 'StaffAssignmentBatchPage' });
