import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { EmulatorKit, OutgoingWebhook } from '../../../shared/emulator.ts';
import type { CalApiKey, CalcomAccount, CalUser } from './account.ts';
import { CalcomRefusal } from './errors.ts';
import type { CalBooking } from './records.ts';

const TIMEOUT_MS = 10_000;
const VERSION = '2021-10-20';

const triggers = [
  'BOOKING_CREATED',
  'BOOKING_PAYMENT_INITIATED',
  'BOOKING_PAID',
  'BOOKING_RESCHEDULED',
  'BOOKING_REQUESTED',
  'BOOKING_CANCELLED',
  'BOOKING_REJECTED',
  'BOOKING_NO_SHOW_UPDATED',
  'FORM_SUBMITTED',
  'FORM_SUBMITTED_NO_EVENT',
  'MEETING_STARTED',
  'MEETING_ENDED',
  'RECORDING_READY',
  'RECORDING_TRANSCRIPTION_GENERATED',
  'INSTANT_MEETING',
  'OOO_CREATED',
  'AFTER_HOSTS_CAL_VIDEO_NO_SHOW',
  'AFTER_GUESTS_CAL_VIDEO_NO_SHOW',
] as const;

const base = {
  active: z.boolean(),
  subscriberUrl: z.url(),
  triggers: z.array(z.enum(triggers)).min(1),
  secret: z.string().optional(),
  payloadTemplate: z.string().nullish(),
  version: z.literal(VERSION).default(VERSION),
};
export const createWebhookSchema = z.strictObject(base);
export const updateWebhookSchema = z.strictObject({ ...base, version: z.literal(VERSION) }).partial();

export interface CalWebhook extends z.output<typeof createWebhookSchema> {
  id: string;
  userId: number;
  organizationId: number | null;
  eventTypeId: number | null;
}

/** Webhook subscriptions, and the events sent to them. The vendor's direct path does not repeat a failed post. */
export function calcomWebhooks(kit: EmulatorKit, account: CalcomAccount) {
  const webhooks = kit.collection<CalWebhook>('webhooks');
  const own = (key: CalApiKey, id: string): CalWebhook => {
    const webhook = webhooks.get(id);
    if (webhook?.userId !== key.userId) throw new CalcomRefusal(404, `Webhook (${id}) not found`);
    return webhook;
  };
  const listens = (webhook: CalWebhook, booking: CalBooking) =>
    webhook.eventTypeId === null
      ? account.sees(webhook, [...booking.hostIds, account.eventType(booking.eventTypeId)?.ownerId ?? null])
      : webhook.eventTypeId === booking.eventTypeId;

  return {
    create(key: CalApiKey, input: z.output<typeof createWebhookSchema>, eventTypeId: number | null) {
      const { userId, organizationId } = key;
      const taken = (other: CalWebhook) =>
        other.userId === userId &&
        other.eventTypeId === eventTypeId &&
        other.subscriberUrl === input.subscriberUrl;
      if (webhooks.values().some(taken)) {
        throw new CalcomRefusal(409, 'Webhook with this subscriber url already exists for this user');
      }
      const webhook = { ...input, id: kit.nextId(''), userId, organizationId, eventTypeId };
      webhooks.put(webhook.id, webhook);
      return shownWebhook(webhook);
    },
    update(key: CalApiKey, id: string, input: z.output<typeof updateWebhookSchema>) {
      const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
      const webhook = { ...own(key, id), ...given };
      webhooks.put(id, webhook);
      return shownWebhook(webhook);
    },
    remove(key: CalApiKey, id: string) {
      const webhook = own(key, id);
      webhooks.delete(id);
      return shownWebhook(webhook);
    },
    get: (key: CalApiKey, id: string) => shownWebhook(own(key, id)),
    list: (key: CalApiKey, eventTypeId: number | null) =>
      webhooks
        .values()
        .filter((webhook) => webhook.userId === key.userId && webhook.eventTypeId === eventTypeId)
        .map(shownWebhook),
    /** `payload`: in place of the booking's own fields. */
    send(
      trigger: (typeof triggers)[number],
      booking: CalBooking,
      more: Record<string, unknown> = {},
      payload: Record<string, unknown> = eventPayload(account, booking),
    ) {
      const createdAt = new Date().toISOString();
      for (const webhook of webhooks.values()) {
        if (!webhook.active || !webhook.triggers.includes(trigger) || !listens(webhook, booking)) continue;
        kit.deliver({
          operation: 'webhooks.deliver',
          key: `${trigger}:${booking.uid}`,
          url: webhook.subscriberUrl,
          body: JSON.stringify({
            triggerEvent: trigger,
            createdAt,
            payload: { ...payload, ...more },
          }),
          context: { secret: webhook.secret ?? null },
          retryDelaysMs: [],
          timeoutMs: TIMEOUT_MS,
        });
      }
    },
  };
}

export type CalcomWebhooks = ReturnType<typeof calcomWebhooks>;

const shownWebhook = ({ userId, organizationId: _, payloadTemplate, ...webhook }: CalWebhook) => ({
  ...webhook,
  userId,
  payloadTemplate: payloadTemplate ?? null,
});

/** `X-Cal-Signature-256`: hex HMAC-SHA256 of the body; without a secret a fixed text that must be refused. */
export function webhookHeaders({ body, context }: OutgoingWebhook): Record<string, string> {
  const { secret } = context as { secret: string | null };
  return {
    'content-type': 'application/json',
    'x-cal-webhook-version': VERSION,
    'x-cal-signature-256': secret
      ? createHmac('sha256', secret).update(body).digest('hex')
      : 'no-secret-provided',
  };
}

function eventPayload(account: CalcomAccount, booking: CalBooking): Record<string, unknown> {
  const eventType = account.eventType(booking.eventTypeId);
  const { attendee } = booking;
  const host: CalUser | undefined = account.user(booking.hostIds[0] ?? 0);
  const response = (label: string, value: unknown) => ({ label, value, isHidden: false });
  return {
    bookingId: booking.id,
    uid: booking.uid,
    type: eventType?.slug,
    title: booking.title,
    startTime: new Date(booking.start).toISOString(),
    endTime: new Date(booking.end).toISOString(),
    organizer: host && {
      id: host.id,
      name: host.name,
      email: host.email,
      username: host.username,
      timeZone: host.timeZone,
      language: { locale: 'en' },
      timeFormat: 'h:mma',
    },
    attendees: [
      {
        name: attendee.name,
        email: attendee.email,
        timeZone: attendee.timeZone,
        language: { locale: attendee.language },
        ...(attendee.phoneNumber !== undefined && { phoneNumber: attendee.phoneNumber }),
      },
    ],
    location: booking.location,
    eventTypeId: booking.eventTypeId,
    customInputs: {},
    responses: {
      name: response('your_name', attendee.name),
      email: response('email_address', attendee.email),
    },
    userFieldsResponses: {},
    additionalNotes: '',
    description: '',
    metadata: booking.metadata,
    destinationCalendar: null,
    iCalUID: `${booking.uid}@cal.com`,
    iCalSequence: 0,
    status: booking.status.toUpperCase(),
    eventTitle: eventType?.title,
    eventDescription: eventType?.description,
    requiresConfirmation: eventType?.requiresConfirmation ?? false,
    price: eventType?.price,
    currency: eventType?.currency,
    length: (booking.end - booking.start) / 60_000,
  };
}
