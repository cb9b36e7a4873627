import type { NotificationKind } from '../channels.ts';
import { oneLine } from '../one-line.ts';
import { localFormats } from './local-formats.ts';

/** All that a message about an appointment may speak of. */
export interface AppointmentMessage {
  kind: NotificationKind;
  /** Of the customer. */
  name: string | null;
  locale: string;
  timeZone: string;
  service: string;
  staff: string;
  company: string;
  /** Mail address of the company. */
  contact: string;
  startsAt: Date;
  /** By which a text message is found again at its provider. */
  reference: string;
  /** Ends reminders by mail; null: nothing to be ended. */
  unsubscribeUrl: string | null;
}

/** What a text may name, and what it stands for. */
export const templateVariables = {
  name: 'name of the customer, empty when it is not known',
  service: 'name of the service',
  staff: 'name of the staff member',
  company: 'name of the company',
  contact: 'mail address of the company',
  day: 'day of the appointment in the language and zone of the customer',
  time: 'time of the appointment in the language and zone of the customer',
  zone: 'zone of the customer',
  reference: 'short reference of this message',
  unsubscribe: 'link that ends reminders by mail; empty in other messages',
} as const;

export type TemplateVariable = keyof typeof templateVariables;
export type TemplateValues = Record<TemplateVariable, string | null>;

export const isTemplateVariable = (name: string): name is TemplateVariable =>
  Object.hasOwn(templateVariables, name);

/** The values that stand for the variables of a text. */
export function valuesOf(message: AppointmentMessage): TemplateValues {
  const { day, time } = localFormats(message.locale, message.timeZone);
  return {
    name: message.name && oneLine(message.name),
    service: message.service,
    staff: message.staff,
    company: message.company,
    contact: message.contact,
    zone: message.timeZone,
    day: day.format(message.startsAt),
    time: time.format(message.startsAt),
    reference: message.reference,
    unsubscribe: message.unsubscribeUrl,
  };
}
