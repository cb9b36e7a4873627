import { foldCall } from '../../activities/phone-desk/call/fold-call.ts';
import { readWish } from '../../activities/phone-desk/call/read-wish.ts';
import { settleCall } from '../../activities/phone-desk/call/settle-call.ts';
import { calendarFile } from '../../activities/phone-desk/notification/calendar-file.ts';
import { speaksOf } from '../../activities/phone-desk/notification/channels/channel.ts';
import { recordAlongside } from '../../db/effects.ts';
import { readBusy, readCandidates, readService } from '../../db/phone-desk/availability/availability.ts';
import {
  appointmentBooked,
  holdSlot,
  readAppointmentWithCustomer,
} from '../../db/phone-desk/booking/booking.ts';
import { findCompanyByLine, readCallEvents, saveCall } from '../../db/phone-desk/call/call-events.ts';
import { readNotification } from '../../db/phone-desk/notification/notification-content.ts';
import { fileNotifications, notificationSent } from '../../db/phone-desk/notification/notifications.ts';
import { findOrCreateCustomer, readCustomer } from '../../db/phone-desk/people.ts';
import type { Deps } from '../../platform/deps.ts';
import { callWorkflowId } from '../../shared/ids.ts';
import { builtInMail, builtInSms } from '../../shared/messages/appointment/built-in.ts';
import type { Channel } from '../../shared/messages/channels.ts';
import { parsePhone } from '../../shared/phone.ts';
import type { CallInput } from '../../workflows/phone-desk/call/contract.ts';
import type { ChosenSlot, ExtractedCall, NaiveAppointment, Slot } from './contract.ts';

/** The same outside calls and the same statements as the product, without ledger, limits and breaker. */
export function createNaiveActivities(deps: Deps) {
  const { db, vault } = deps;

  async function fileMessage({ appointmentId }: NaiveAppointment, channel: Channel) {
    const about = await readAppointmentWithCustomer(db, vault, appointmentId);
    const filed = await fileNotifications(db, about, 'confirmation');
    const { id } = filed.find((row) => row.channel === channel)!;
    return {
      id,
      notification: (await readNotification(db, vault, id))!,
      customer: about.customer,
    };
  }

  return {
    async extractCall({ vendor, vendorCallId }: CallInput): Promise<ExtractedCall> {
      const events = await readCallEvents(db, vault, callWorkflowId(vendor, vendorCallId));
      const { call } = foldCall(
        events.map(({ eventType, body }) => ({ eventType, call: deps.retell.readEvent(body).call })),
      )!;
      const company = (await findCompanyByLine(db, call.agent_id ?? null, call.to_number ?? null))!;
      const said = call.call_analysis?.custom_analysis_data;
      return {
        vendorCallId,
        companyId: company.id,
        country: company.country,
        timeZone: company.time_zone,
        locale: company.locale,
        agentId: call.agent_id ?? '',
        fromNumber: call.from_number ?? '',
        name: String(said?.customer_name),
        email: String(said?.customer_email),
        transcript: call.transcript ?? null,
        analysis: JSON.stringify(call.call_analysis),
      };
    },

    async findOrCreateCustomer(call: ExtractedCall): Promise<{ customerId: string; callId: string }> {
      const phone = parsePhone(call.fromNumber, call.country);
      return db.transaction().execute(async (trx) => {
        const customer = await findOrCreateCustomer(trx, vault, {
          companyId: call.companyId,
          phoneE164: phone?.e164 ?? null,
          phoneIsMobile: phone?.mobile ?? false,
          name: call.name,
          email: call.email,
          timeZone: call.timeZone,
          locale: call.locale,
        });
        const { id } = await saveCall(trx, {
          companyId: call.companyId,
          customer,
          vendor: 'retell',
          vendorCallId: call.vendorCallId,
          agentId: call.agentId,
          direction: 'inbound',
          status: 'analyzed',
          disconnectionReason: null,
          startedAt: null,
          endedAt: null,
          durationMs: null,
          fromNumber: call.fromNumber,
          transcript: call.transcript,
          analysis: call.analysis,
          recordingUrl: null,
          refreshDueAt: null,
        });
        return { customerId: customer.customerId, callId: id };
      });
    },

    readWish: readWish.bind(null, deps),

    async checkAvailability(companyId: string, slot: Slot): Promise<ChosenSlot> {
      const service = (await readService(db, companyId, slot.serviceId))!;
      const startsAt = new Date(slot.startsAt);
      const endsAt = new Date(startsAt.getTime() + service.durationMin * 60_000);
      for (const candidate of await readCandidates(db, service.id, slot.staffId, startsAt)) {
        const busy = await readBusy(db, candidate.staffId, startsAt, endsAt);
        if (busy.length > 0) continue;
        const { staffId, eventTypeId, timeZone } = candidate;
        const times = { startsAt: slot.startsAt, endsAt: endsAt.toISOString() };
        return { serviceId: service.id, staffId, eventTypeId, timeZone, ...times };
      }
      throw new Error('nobody is free');
    },

    async createAppointment({ startsAt, endsAt, ...appointment }: NaiveAppointment): Promise<void> {
      const [from, to] = [new Date(startsAt), new Date(endsAt)];
      const times = { startsAt: from, endsAt: to, blockedFrom: from, blockedTo: to };
      await holdSlot(db, { ...appointment, ...times, source: 'call' });
    },

    async createCalcomBooking(appointment: NaiveAppointment): Promise<string> {
      const { startsAt: start, eventTypeId, appointmentId } = appointment;
      const customer = (await readCustomer(db, vault, appointment.customerId))!;
      const calcom = await deps.calcom(appointment.companyId);
      await calcom.reserveSlot({ eventTypeId, slotStart: start });
      const attendee = {
        name: customer.name!,
        timeZone: customer.timeZone,
        language: customer.locale,
        email: customer.email!,
        phoneNumber: customer.phoneE164!,
      };
      const booking = { start, eventTypeId, attendee, metadata: { appointmentId } };
      return (await calcom.createBooking(booking)).uid;
    },

    async sendMail(appointment: NaiveAppointment): Promise<void> {
      const { id, notification, customer } = await fileMessage(appointment, 'email');
      await deps.mailer.send({
        messageId: `<notification-${id}@switchboard.example>`,
        to: { name: customer.name!, address: customer.email! },
        ...(await builtInMail(speaksOf(deps, { about: notification, customer }))),
        ics: calendarFile(notification, customer),
      });
      await recordAlongside(db, notificationSent(id, null));
    },

    async sendSms(appointment: NaiveAppointment): Promise<void> {
      const { id, notification, customer } = await fileMessage(appointment, 'sms');
      const text = await builtInSms(speaksOf(deps, { about: notification, customer }));
      const body = `${text} (ref ${id.slice(0, 12)})`;
      const from = deps.env.TWILIO_FROM_NUMBER;
      const { sid } = await deps.sms.sendSms({ from, to: customer.phoneE164!, body });
      await recordAlongside(db, notificationSent(id, sid));
    },

    async updateStatistics(appointment: NaiveAppointment, bookingUid: string): Promise<void> {
      const { appointmentId, callId, startsAt } = appointment;
      await recordAlongside(db, appointmentBooked(appointmentId, bookingUid));
      await settleCall(deps, { callId, outcome: 'booked', detail: { appointmentId, startsAt } });
    },
  };
}

export type NaiveActivities = ReturnType<typeof createNaiveActivities>;
