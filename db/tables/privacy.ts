import type { ColumnType, Generated } from 'kysely';
import type { CreatedAt, Json, Timestamp } from './columns.ts';

/** Keeps everything of a person where it is. */
export interface LegalHoldsTable {
  id: Generated<string>;
  person_id: string;
  company_id: string;
  /** Of the matter, e.g. a file number. */
  reference: string;
  placed_by: string;
  placed_at: CreatedAt;
  released_by: string | null;
  released_at: Timestamp | null;
}

/** What still comes in about these is not kept. */
export interface ErasedEntitiesTable {
  /** A workflow id. */
  entity: string;
  erased_at: CreatedAt;
}

/** How a person is known to the company that is asked. */
export type SubjectKind = 'customer' | 'call-user';

export type ErasureStatus = 'accepted' | 'erasing' | 'erased' | 'partly-erased' | 'held';

/** What only somebody else can destroy; ids of the vendor, no personal data. Of `switchboard`: what does not go here. */
export interface Remains {
  vendor: string;
  what: string;
  ids: string[];
}

export interface ErasuresTable {
  id: string;
  company_id: string;
  person_id: string;
  subject: SubjectKind;
  subject_id: string;
  reason: string;
  requested_by: string;
  status: Generated<ErasureStatus>;
  /** Whose person it was; kept because the rows no longer say so. */
  customer_ids: Generated<string[]>;
  user_ids: Generated<string[]>;
  /** Under what texts from the person's numbers are kept; keyed hashes, emptied at the end. */
  senders: Generated<string[]>;
  /** Other records of the company with the same number, which stay. */
  same_number: ColumnType<{ kind: SubjectKind; id: string }[], string | undefined, string>;
  /** What was found and destroyed, counted, by place. */
  found: ColumnType<Record<string, number>, string | undefined, string>;
  remains: ColumnType<Remains[], string | undefined, string>;
  created_at: CreatedAt;
  begun_at: Timestamp | null;
  key_destroyed_at: Timestamp | null;
  /** When every place was last looked at and nothing was found. */
  verified_at: Timestamp | null;
  finished_at: Timestamp | null;
}

export type ExportStatus = 'accepted' | 'building' | 'ready' | 'failed' | 'downloaded' | 'expired' | 'erased';

/** How the link reached the person; `not-sent`: it could not be sent in time, or nobody knows. */
export type ExportDelivery = 'sent' | 'no-address' | 'refused' | 'not-sent';

export interface GdprExportsTable {
  id: string;
  company_id: string;
  person_id: string;
  subject: SubjectKind;
  subject_id: string;
  requested_by: string;
  status: Generated<ExportStatus>;
  delivery: ExportDelivery | null;
  /** Percent. */
  progress: Generated<number>;
  /** How much of what is in it. */
  contents: Json<Record<string, number>> | null;
  failure: string | null;
  file_key: string | null;
  bytes: ColumnType<string | null, number | null, number | null>;
  code_hash: Buffer;
  tries_left: number;
  /** A download has begun: nobody else may begin one. */
  opened_at: Timestamp | null;
  expires_at: Timestamp;
  created_at: CreatedAt;
  finished_at: Timestamp | null;
}
