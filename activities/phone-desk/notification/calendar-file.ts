import ical, { ICalCalendarMethod, ICalEventStatus } from 'ical-generator';
import type { NotificationRow } from '../../../db/phone-desk/notification/notification-content.ts';
import type { Customer } from '../../../db/phone-desk/people.ts';
import { oneLine } from '../../../shared/messages/one-line.ts';

/** A name as a parameter (RFC 5545, 3.2): a quote or a line break cannot stand in it, in no spelling. */
const parameter = (name: string) => oneLine(name).replaceAll('"', "'");

/** The invitation (RFC 5546): a raised SEQUENCE moves it, CANCEL takes it out of the customer's calendar. */
export function calendarFile(
  about: NotificationRow,
  customer: Customer,
): { content: string; method: 'REQUEST' | 'CANCEL' } {
  const cancelled = about.kind === 'cancellation';
  const calendar = ical({
    method: cancelled ? ICalCalendarMethod.CANCEL : ICalCalendarMethod.REQUEST,
    prodId: '//Switchboard//Appointments//EN',
  });
  calendar.createEvent({
    id: `appointment-${about.appointment_id}@switchboard.example`,
    sequence: about.sequence,
    start: about.starts_at,
    end: about.ends_at,
    stamp: about.created_at,
    summary: `${about.service_name} – ${about.company_name}`,
    description: about.staff_name,
    status: cancelled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    organizer: { name: parameter(about.company_name), email: about.company_email },
    ...(customer.email
      ? { attendees: [{ email: customer.email, name: parameter(customer.name ?? customer.email) }] }
      : {}),
  });
  return { content: calendar.toString(), method: cancelled ? 'CANCEL' : 'REQUEST' };
}
