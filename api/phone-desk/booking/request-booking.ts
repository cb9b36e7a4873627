import { randomUUID } from 'node:crypto';
import { insertApiEvent } from '../../../db/api-events.ts';
import type { Company } from '../../../db/companies.ts';
import { findIdempotentAnswer, type IdempotentAnswer, takeIdempotencyKey } from '../../../db/idempotency.ts';
import type { InboxEvent } from '../../../db/inbox.ts';
import { insertBookingRequest } from '../../../db/phone-desk/booking/booking-requests.ts';
import { findOrCreateCustomer } from '../../../db/phone-desk/people.ts';
import { bookingWorkflowId } from '../../../shared/ids.ts';
import { type PhoneNumber, parsePhone } from '../../../shared/phone.ts';
import type { BookingInput } from '../../../workflows/phone-desk/booking/contract.ts';
import type { ApiDeps } from '../../deps.ts';
import { conflict, HttpProblem, invalidRequest } from '../../http-problem.ts';
import type { RequestContext } from '../../middleware/request-context.ts';
import { sweepAfterMs } from '../../own-hand-over.ts';
import { problem } from '../../problem.ts';
import { findServiceId, findStaffId, isProblem } from '../offer.ts';
import { readStart } from '../start-moment.ts';
import type { NewBooking } from './schema.ts';

export interface AcceptedBooking {
  appointmentId: string;
  status: 'accepted';
  links: { self: string; appointment: string };
}

export const links = (appointmentId: string) => ({
  self: `/api/bookings/${appointmentId}`,
  appointment: `/api/appointments/${appointmentId}`,
});

const accepted = (appointmentId: string): AcceptedBooking => ({
  appointmentId,
  status: 'accepted',
  links: links(appointmentId),
});

/**
 * Accepts a booking once per idempotency key. The answer of an earlier request is looked up before the
 * checks: what was accepted then stays accepted, even if the wished time has passed since.
 */
export async function requestBooking(
  deps: ApiDeps,
  company: Company,
  body: NewBooking,
  key: string,
  context: RequestContext,
): Promise<AcceptedBooking> {
  const { db, vault } = deps;
  // A keyed hash: a plain one would let a phone number be guessed from it.
  const requestHash = vault.blindIndex('idempotency', JSON.stringify(body));
  const before = await findIdempotentAnswer(db, company.id, key);
  if (before) return sameAnswer(before, requestHash);

  if (company.suspended_at !== null) {
    const detail =
      'The subscription of this company has ended: it takes no new bookings until it has a new one.';
    throw conflict('subscription-ended', detail);
  }
  const wish = await readWish(deps, company, body);
  const appointmentId = randomUUID();
  const event = await db.transaction().execute(async (trx): Promise<InboxEvent | null> => {
    const taken = await takeIdempotencyKey(trx, company.id, key, {
      requestHash,
      response: { appointmentId },
    });
    if (!taken) return null;
    const { customerId } = await findOrCreateCustomer(trx, vault, {
      companyId: company.id,
      phoneE164: wish.phone.e164,
      phoneIsMobile: wish.phone.mobile,
      name: body.customer.name ?? null,
      email: body.customer.email ?? null,
      timeZone: company.time_zone,
      locale: company.locale,
    });
    const booking: BookingInput = {
      appointmentId,
      companyId: company.id,
      customerId,
      callId: null,
      source: 'api',
      serviceId: wish.serviceId,
      staffId: wish.staffId,
      startsAt: wish.startsAt.toISOString(),
    };
    await insertBookingRequest(trx, booking);
    return insertApiEvent(
      trx,
      vault,
      {
        eventKey: `booking:${appointmentId}`,
        eventType: 'booking.requested',
        entity: bookingWorkflowId(appointmentId),
        companyId: company.id,
        body: booking,
        ...context,
      },
      sweepAfterMs(deps),
    );
  });

  if (event) {
    deps.handOver?.offer(event);
    return accepted(appointmentId);
  }
  // Another request took the key between the look-up and the transaction.
  const other = await findIdempotentAnswer(db, company.id, key);
  if (!other) throw new Error('an idempotency key that was taken is gone');
  return sameAnswer(other, requestHash);
}

function sameAnswer(before: IdempotentAnswer, requestHash: Buffer): AcceptedBooking {
  if (before.requestHash.equals(requestHash)) return accepted(String(before.response.appointmentId));
  throw new HttpProblem(
    problem(422, 'idempotency-key-reused', 'This Idempotency-Key was used for a request with another body.', [
      { path: 'idempotency-key', message: 'was used before' },
    ]),
  );
}

interface Wish {
  phone: PhoneNumber;
  serviceId: string;
  staffId: string | null;
  startsAt: Date;
}

/** Everything that is wrong with the wish, at once. */
async function readWish({ db, clock }: ApiDeps, company: Company, body: NewBooking): Promise<Wish> {
  const serviceId = await findServiceId(db, company.id, body.service, 'service');
  const staffId = await findStaffId(db, company.id, body.staff ?? null, 'staff');
  const startsAt = readStart(body, company.time_zone, clock());
  const phone = parsePhone(body.customer.phone, company.country) ?? {
    path: 'customer.phone',
    message: 'is not a phone number that can be called',
  };
  if (isProblem(serviceId) || isProblem(staffId) || isProblem(startsAt) || isProblem(phone)) {
    throw invalidRequest([serviceId, staffId, startsAt, phone].filter(isProblem));
  }
  return { serviceId, staffId, startsAt, phone };
}
