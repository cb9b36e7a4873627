import { sql } from 'kysely';

/** Whether an event still says something: of a person who was erased only the event's key is kept. */
export const hasBody = sql<boolean>`octet_length(inbox_events.body_sealed) > 0`;
