import type { Offers } from '../../../db/phone-desk/event-type-sync/event-type-sync.ts';

type EventType = Offers['eventTypes'][number];
type Service = Offers['services'][number];

export interface Mapping {
  serviceId: string | null;
  /** What a person has to look at; null: nothing. */
  problem: string | null;
}

const plain = (text: string) => text.trim().toLowerCase();

/** The names under which a service may stand in a calendar. */
const namesOf = ({ slug, name, aliases }: Service) => [slug, name, ...aliases].map(plain);

const slugOf = (text: string) => plain(text).replace(/[^\p{L}\p{N}]+/gu, '-');

/** Whether an event type calls itself as a service, in its title or as the beginning of its slug. */
function isCalled(eventType: EventType, service: Service): boolean {
  const slug = plain(eventType.slug);
  return namesOf(service).some(
    (name) => name === plain(eventType.title) || slug === slugOf(name) || slug.startsWith(`${slugOf(name)}-`),
  );
}

const lasts = ({ length_min, length_options }: EventType, { duration_min }: Service) =>
  length_min === duration_min || length_options.includes(duration_min);

/**
 * Which service an event type stands for. What a person has said, or what was found before, stands. Otherwise its name
 * says so, and where several have that name the length; what is not certain is a person's to say.
 */
export function mapEventType(
  eventType: EventType,
  { offers, services }: Pick<Offers, 'offers' | 'services'>,
): Mapping {
  const before =
    eventType.service_id ??
    offers.find((offer) => offer.calcom_event_type_id === eventType.event_type_id)?.service_id;
  const known = services.find(({ id }) => id === before);
  if (known) return { serviceId: known.id, problem: lengthProblem(eventType, known) };
  const called = services.filter((service) => service.active && isCalled(eventType, service));
  const fitting = called.filter((service) => lasts(eventType, service));
  const [only] = fitting;
  if (only && fitting.length === 1) return { serviceId: only.id, problem: null };
  if (called.length === 0) return { serviceId: null, problem: 'no service has its name' };
  if (fitting.length > 1) {
    return {
      serviceId: null,
      problem: `several services fit: ${fitting.map(({ slug }) => slug).join(', ')}`,
    };
  }
  const lengths = called.map(({ slug, duration_min }) => `${slug} takes ${duration_min}`).join(', ');
  return { serviceId: null, problem: `it takes ${eventType.length_min} minutes, but ${lengths}` };
}

function lengthProblem(eventType: EventType, service: Service): string | null {
  if (lasts(eventType, service)) return null;
  return `it takes ${eventType.length_min} minutes, but ${service.slug} takes ${service.duration_min}`;
}
