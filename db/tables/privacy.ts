import type { Generated } from 'kysely';
import type { CreatedAt, Timestamp } from './columns.ts';

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
