import type { CalendarChangeResult } from '../../../workflows/phone-desk/calendar-change/contract.ts';

/** What a booking in the calendar has meant here. */
export interface Adopted extends CalendarChangeResult {
  /** The appointment whose run has something new to read, or does not run yet. */
  appointment: { appointmentId: string; companyId: string } | null;
  /** Why it cannot stand here as it stands there. */
  reason?: string;
  /** Both sides had changed: the company is to be told of this drift. */
  driftToTell?: string;
}
