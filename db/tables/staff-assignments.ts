import type { ColumnType, Generated } from 'kysely';
import type { AssignmentAction, BatchState, Host, ItemStatus } from '../../shared/phone-desk/assignments.ts';
import type { CreatedAt, NullableTime, Timestamp } from './columns.ts';

export interface StaffAssignmentsTable {
  id: string;
  company_id: string;
  /** The batch whose changes this one takes back. */
  undo_of: string | null;
  status: Generated<BatchState>;
  /** Of the staff nobody hosts these but those whom the batch names. */
  exact_event_types: ColumnType<number[], number[] | undefined, number[]>;
  cancel_requested_at: NullableTime;
  created_at: CreatedAt;
  ended_at: NullableTime;
}

export interface StaffAssignmentItemsTable {
  batch_id: string;
  /** An undo has the position of what it undoes. */
  position: number;
  staff_id: string;
  /** Of the calendar. */
  user_id: number;
  event_type_id: number;
  action: AssignmentAction;
  status: Generated<ItemStatus>;
  reason: string | null;
  /** As the calendar had it: after an assignment, before a removal. */
  host: ColumnType<Host | null, string | null | undefined, string | null>;
  /** The write that was to carry it out. */
  write_id: ColumnType<string | null, string | null | undefined, string | null>;
  settled_at: NullableTime;
}

/** Whose turn it is to read, change and write the hosts of an event type. */
export interface HostWritesTable {
  id: string;
  company_id: string;
  event_type_id: number;
  batch_id: string;
  /** null: nothing was written under it. */
  changes: ColumnType<HostChange[] | null, string | null | undefined, string | null>;
  held_until: Timestamp;
  created_at: CreatedAt;
  closed_at: NullableTime;
}

/** One person whom a write puts on the event type or takes off it. */
export interface HostChange {
  position: number;
  staffId: string;
  userId: number;
  action: AssignmentAction;
}
