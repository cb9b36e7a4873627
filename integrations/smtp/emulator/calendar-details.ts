/** One event of a calendar file, in words for people. */
export interface CalendarEvent {
  summary: string;
  /** `Friday, 6 March 2026, 15:00 to 15:45 (Europe/Berlin)` */
  when: string;
  /** Set when the file states the start in UTC, so that a page can say it in the reader's zone; ISO 8601. */
  startsAtUtc: string | null;
  location: string | null;
  description: string | null;
  organizer: string | null;
  attendees: string[];
  status: string | null;
  uid: string | null;
  sequence: string | null;
}

export interface CalendarDetails {
  /** `REQUEST`, `CANCEL`, … */
  method: string | null;
  events: CalendarEvent[];
}

interface Property {
  name: string;
  params: Record<string, string>;
  value: string;
}

const unescapeText = (value: string) =>
  value.replace(/\\([nN,;\\])/g, (_, escaped: string) => (escaped.toLowerCase() === 'n' ? '\n' : escaped));

function readProperties(ics: string): Property[] {
  const properties: Property[] = [];
  for (const line of ics.replace(/\r?\n[ \t]/g, '').split(/\r?\n/)) {
    const parts = /^([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^;:"]*))*):(.*)$/.exec(line);
    if (!parts) continue;
    const [, name = '', params = '', value = ''] = parts;
    const pairs = [...params.matchAll(/;([A-Za-z0-9-]+)=(?:"([^"]*)"|([^;:"]*))/g)];
    properties.push({
      name: name.toUpperCase(),
      params: Object.fromEntries(
        pairs.map(([, key = '', quoted, plain]) => [key.toUpperCase(), quoted ?? plain ?? '']),
      ),
      value,
    });
  }
  return properties;
}

/** Wall-clock parts of a DATE or DATE-TIME. */
function readMoment(property: Property | undefined) {
  const parts = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})\d{2}(Z)?)?$/.exec(property?.value ?? '');
  if (!property || !parts) return null;
  const [, year, month, day, hour, minute, utc] = parts;
  const date = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' });
  return {
    date: date.format(new Date(`${year}-${month}-${day}T00:00:00Z`)).replace(/^(\w+) /, '$1, '),
    time: hour === undefined ? null : `${hour}:${minute}`,
    zone: utc ? 'UTC' : (property.params.TZID ?? null),
    utc: utc ? `${year}-${month}-${day}T${hour}:${minute}:00Z` : null,
  };
}

function describeWhen(start: Property | undefined, end: Property | undefined): string {
  const from = readMoment(start);
  const until = readMoment(end);
  if (!from) return 'No time given';
  if (from.time === null) return `${from.date}, all day`;
  const sameDay = until?.date === from.date;
  const to = until?.time ? ` to ${sameDay ? '' : `${until.date}, `}${until.time}` : '';
  return `${from.date}, ${from.time}${to}${from.zone ? ` (${from.zone})` : ''}`;
}

function person({ params, value }: Property): string {
  const address = value.replace(/^mailto:/i, '');
  return params.CN && params.CN !== address ? `${params.CN} <${address}>` : address;
}

/** Reads method and events of an iCalendar file (RFC 5545); what it does not know it leaves out. */
export function readCalendar(ics: string): CalendarDetails {
  const properties = readProperties(ics);
  const events: CalendarEvent[] = [];
  let open: Property[] | null = null;
  let depth = 0;
  for (const property of properties) {
    const { name, value } = property;
    const isEvent = value.toUpperCase() === 'VEVENT';
    if (name === 'BEGIN' && isEvent) open = [];
    // Properties of an alarm inside the event are not the event's.
    else if (name === 'BEGIN') depth += open ? 1 : 0;
    else if (name === 'END' && isEvent && open) {
      events.push(toEvent(open));
      open = null;
    } else if (name === 'END') depth -= open ? 1 : 0;
    else if (open && depth === 0) open.push(property);
  }
  return { method: properties.find(({ name }) => name === 'METHOD')?.value.toUpperCase() ?? null, events };
}

function toEvent(properties: Property[]): CalendarEvent {
  const find = (name: string) => properties.find((property) => property.name === name);
  const text = (name: string) => {
    const value = find(name)?.value;
    return value ? unescapeText(value) : null;
  };
  const organizer = find('ORGANIZER');
  return {
    summary: text('SUMMARY') ?? 'Untitled event',
    when: describeWhen(find('DTSTART'), find('DTEND')),
    startsAtUtc: readMoment(find('DTSTART'))?.utc ?? null,
    location: text('LOCATION'),
    description: text('DESCRIPTION'),
    organizer: organizer ? person(organizer) : null,
    attendees: properties.filter(({ name }) => name === 'ATTENDEE').map(person),
    status: text('STATUS'),
    uid: text('UID'),
    sequence: text('SEQUENCE'),
  };
}
