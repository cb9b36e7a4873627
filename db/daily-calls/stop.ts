import { sql } from 'kysely';

/** `for-good`: no call on this day any more; otherwise it may be lifted. */
export interface Stop {
  reason: 'deleted' | 'disabled' | 'no-consent' | 'do-not-call' | 'no-number' | 'paused';
  forGood: boolean;
}

/** The first reason why a row of `call_users` may not be called; from what lasts to what passes. */
export const stopOfUser = sql<Stop['reason'] | null>`
  CASE
    WHEN call_users.deleted_at IS NOT NULL THEN 'deleted'
    WHEN NOT call_users.call_enabled THEN 'disabled'
    WHEN call_users.consent_at IS NULL THEN 'no-consent'
    WHEN call_users.phone_sealed IS NULL THEN 'no-number'
    WHEN EXISTS (SELECT FROM do_not_call d WHERE d.phone_index = call_users.phone_index
      AND (d.company_id IS NULL OR d.company_id = call_users.company_id)) THEN 'do-not-call'
    WHEN call_users.paused
      OR NOT (SELECT c.active FROM companies c WHERE c.id = call_users.company_id)
      OR EXISTS (SELECT FROM call_pauses p WHERE p.company_id IS NULL OR p.company_id = call_users.company_id)
      THEN 'paused'
  END`;

/**
 * In a query over `companies`: no new day begins. A closed company calls nobody; one whose subscription is over goes on
 * with the days that have begun, as it does with appointments that are booked.
 */
export const beginsNoDays = sql<boolean>`(NOT companies.active OR companies.suspended_at IS NOT NULL)`;

/** The first reason why no new day of a row of `call_users` begins. */
export const stopOfNewDay = sql<Stop['reason'] | 'no-subscription' | null>`
  coalesce(${stopOfUser}, (SELECT 'no-subscription' FROM companies c
    WHERE c.id = call_users.company_id AND c.suspended_at IS NOT NULL))`;
