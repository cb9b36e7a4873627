import type pg from 'pg';
import { z } from 'zod';
import { findSealedBody, type InboxEvent } from '../../db/inbox.ts';
import type { Env } from '../../platform/env.ts';
import { createHandOver, type HandOver } from '../../platform/inbox/hand-over.ts';
import type { Logger } from '../../platform/logger.ts';
import type { WorkflowStarter } from '../../platform/temporal.ts';
import { withTrace } from '../../platform/trace.ts';
import type { Vault } from '../../platform/vault.ts';
import { dailyCallChangedSignal, dailyCallStart } from '../../workflows/daily-calls/daily-call/contract.ts';
import {
  appointmentChangedSignal,
  appointmentStart,
} from '../../workflows/phone-desk/appointment/contract.ts';
import { type BookingInput, bookingStart } from '../../workflows/phone-desk/booking/contract.ts';
import { bookingSyncStart, syncAskedSignal } from '../../workflows/phone-desk/booking-sync/contract.ts';
import {
  calendarChangeStart,
  calendarNewsSignal,
} from '../../workflows/phone-desk/calendar-change/contract.ts';
import { callEventSignal, callStart } from '../../workflows/phone-desk/call/contract.ts';
import { type CallRefreshInput, callRefreshStart } from '../../workflows/phone-desk/call-refresh/contract.ts';
import {
  eventTypeSyncStart,
  eventTypesAskedSignal,
} from '../../workflows/phone-desk/event-type-sync/contract.ts';
import { type ErasureInput, erasureStart } from '../../workflows/phone-desk/gdpr-erasure/contract.ts';
import { type ExportInput, exportStart } from '../../workflows/phone-desk/gdpr-export/contract.ts';
import {
  billingRequestedSignal,
  monthlyBillingStart,
} from '../../workflows/phone-desk/monthly-billing/contract.ts';
import {
  assignmentAskedSignal,
  staffAssignmentStart,
} from '../../workflows/phone-desk/staff-assignment/contract.ts';
import {
  subscriptionNewsSignal,
  subscriptionStart,
} from '../../workflows/phone-desk/subscription/contract.ts';
import { createMessageDeliveries, type MessageDeliveries } from './message-deliveries.ts';
import { createStripeOwners, type StripeOwners } from './stripe-owner.ts';

/** Thrown for an event that no delivery is written for; it stays pending, in sight of the operator. */
export class NoDeliveryError extends Error {
  override readonly name = 'NoDeliveryError';
}

type Deliver = (event: InboxEvent) => Promise<void>;
type OpenBody = (eventId: string) => Promise<Buffer>;

const bookingSchema = z.object({
  appointmentId: z.uuid(),
  companyId: z.uuid(),
  customerId: z.uuid(),
  callId: z.uuid().nullable(),
  source: z.enum(['call', 'api']),
  serviceId: z.uuid(),
  staffId: z.uuid().nullable(),
  startsAt: z.iso.datetime(),
}) satisfies z.ZodType<BookingInput>;

const callRefreshSchema = z.object({
  callId: z.uuid(),
  companyId: z.uuid(),
  vendorCallId: z.string(),
}) satisfies z.ZodType<CallRefreshInput>;

const dailyCallSchema = z.object({ userId: z.uuid(), companyId: z.uuid(), localDate: z.iso.date() });
const dueSchema = dailyCallSchema.extend({ dueAt: z.iso.datetime() });

const calendarChangeSchema = z.object({ companyId: z.uuid(), bookingUid: z.string() });
const companySchema = z.object({ companyId: z.uuid() });
const billingSchema = z.object({ month: z.string() });
const assignmentSchema = z.object({ batchId: z.uuid(), companyId: z.uuid() });
const appointmentSchema = z.object({ appointmentId: z.uuid(), companyId: z.uuid() });

const erasureSchema = z.object({
  erasureId: z.uuid(),
  companyId: z.uuid(),
}) satisfies z.ZodType<ErasureInput>;

const exportSchema = z.object({
  exportId: z.uuid(),
  companyId: z.uuid(),
}) satisfies z.ZodType<ExportInput>;

/**
 * Which event starts or nudges which chain, by source and type (`*`: every type of the source). All are safe
 * to repeat: the workflow id is the entity. `openBody` gives the event's body where ids are not enough, `findOwner`
 * the company of an object of Stripe.
 */
export function createDeliveries(
  starter: WorkflowStarter,
  openBody: OpenBody,
  findOwner: StripeOwners,
  messages: MessageDeliveries,
): Deliver {
  const bodyOf = async <T>(event: InboxEvent, schema: z.ZodType<T>): Promise<T> =>
    schema.parse(JSON.parse((await openBody(event.id)).toString()));

  /** `daily-call/<userId>/<localDate>`: the run reads in the inbox what was said about its calls. */
  const callReported: Deliver = async (event) => {
    // A report on a call we do not know (yet): whoever gets to know it reads it.
    if (event.entity.startsWith('outbound-call/')) return;
    const [, userId, localDate] = event.entity.split('/');
    const input = dailyCallSchema.parse({ userId, localDate, companyId: event.companyId });
    await starter.startOrSignal(dailyCallStart(input), dailyCallChangedSignal);
  };

  const subscriptionChanged = (companyId: string) =>
    starter.startOrSignal(subscriptionStart({ companyId }), subscriptionNewsSignal);

  const deliveries: Record<string, Record<string, Deliver>> = {
    retell: {
      '*': async (event) => {
        if (event.entity.startsWith('daily-call/')) return callReported(event);
        const vendorCallId = event.entity.slice('call/retell/'.length);
        await starter.startOrSignal(
          callStart({ vendor: 'retell', vendorCallId }, event.companyId),
          callEventSignal,
        );
      },
    },
    calcom: {
      '*': async (event) => {
        const [, companyId, bookingUid] = event.entity.split('/');
        const input = calendarChangeSchema.parse({ companyId, bookingUid });
        await starter.startOrSignal(calendarChangeStart(input), calendarNewsSignal);
      },
    },
    callkaro: { '*': callReported },
    vapi: { '*': callReported },
    stripe: {
      '*': async (event) => {
        const [kind, first, id] = event.entity.split('/');
        if (kind === 'subscription') return subscriptionChanged(z.uuid().parse(first));
        const companyId = await findOwner({ type: first ?? '', id: id ?? '' });
        if (companyId) await subscriptionChanged(companyId);
      },
    },
    twilio: { '*': messages.twilio },
    mail: { '*': messages.mail },
    api: {
      'subscription.requested': (event) => subscriptionChanged(z.uuid().parse(event.companyId)),
      'daily-call.changed': callReported,
      'daily-call.due': async (event) => {
        const { dueAt, ...input } = await bodyOf(event, dueSchema);
        await starter.start(dailyCallStart(input, dueAt));
      },
      'booking.requested': async (event) => {
        await starter.start(bookingStart(await bodyOf(event, bookingSchema)));
      },
      'call.refresh-requested': async (event) => {
        await starter.start(callRefreshStart(await bodyOf(event, callRefreshSchema)));
      },
      'booking-sync.requested': async (event) => {
        const input = await bodyOf(event, companySchema);
        await starter.startOrSignal(bookingSyncStart(input), syncAskedSignal);
      },
      'event-type-sync.requested': async (event) => {
        const input = await bodyOf(event, companySchema);
        await starter.startOrSignal(eventTypeSyncStart(input), eventTypesAskedSignal);
      },
      'billing.requested': async (event) => {
        const start = monthlyBillingStart(await bodyOf(event, billingSchema));
        await starter.startOrSignal(start, billingRequestedSignal);
      },
      'erasure.requested': async (event) => {
        await starter.start(erasureStart(await bodyOf(event, erasureSchema)));
      },
      'export.requested': async (event) => {
        await starter.start(exportStart(await bodyOf(event, exportSchema)));
      },
      'staff-assignment.requested': async (event) => {
        const start = staffAssignmentStart(await bodyOf(event, assignmentSchema));
        await starter.startOrSignal(start, assignmentAskedSignal);
      },
      'appointment.changed': async (event) => {
        const appointment = await bodyOf(event, appointmentSchema);
        // A run that ended just before is started again: what is filed for it is decided, or there is
        // nothing left to do. Refused, the event would stay pending for ever.
        await starter.startOrSignal(
          { ...appointmentStart({ ...appointment, unsettled: [] }), whenClosed: 'start-again' },
          appointmentChangedSignal,
        );
      },
    },
  };

  return async (event) => {
    const bySource = deliveries[event.source];
    const deliver = bySource?.[event.eventType] ?? bySource?.['*'];
    if (!deliver) throw new NoDeliveryError(`${event.source} ${event.eventType}`);
    await withTrace(event.traceParent, () => deliver(event));
  };
}

/** Brings the events of the inbox to their chains; the same in every process that hands over. */
export function createChainHandOver(
  deps: {
    pool: pg.Pool;
    vault: Vault;
    starter: WorkflowStarter;
    log: Logger;
    env: Pick<Env, 'TWILIO_FROM_NUMBER'>;
  } & Parameters<typeof createStripeOwners>[0],
): HandOver {
  const { db, pool, vault, starter, log, env } = deps;
  const openBody = async (eventId: string) => {
    const sealed = await findSealedBody(pool, eventId);
    if (!sealed) throw new Error(`inbox event ${eventId} is gone`);
    return vault.open('inbox', sealed);
  };
  const messages = createMessageDeliveries({ db, vault, starter, env, openBody });
  const deliver = createDeliveries(starter, openBody, createStripeOwners(deps), messages);
  return createHandOver({ pool, log, deliver });
}
