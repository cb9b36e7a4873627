import { listStaff } from '../../../db/companies.ts';
import { findBookingRequest } from '../../../db/phone-desk/booking/booking-requests.ts';
import { writeScope } from '../../company-scope.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { notFound } from '../../http-problem.ts';
import { links, requestBooking } from './request-booking.ts';
import {
  acceptedSchema,
  bookingBody,
  bookingHeaders,
  bookingParams,
  bookingQuery,
  bookingSchema,
} from './schema.ts';

export function bookingEndpoints(deps: ApiDeps): Endpoint[] {
  const { db } = deps;
  return [
    endpoint({
      method: 'post',
      path: '/api/bookings',
      tag: 'Bookings',
      summary: 'Ask for a booking',
      query: bookingQuery,
      headers: bookingHeaders,
      body: bookingBody,
      success: {
        status: 202,
        description: 'Stored; it is booked, or found impossible, within seconds. `Location` tells.',
        schema: acceptedSchema,
      },
      problems: [409, 422],
      async handle({ query, headers, body, caller, context }) {
        const company = await writeScope(db, caller, query.company);
        const accepted = await requestBooking(deps, company, body, headers['idempotency-key'], context);
        return { body: accepted, headers: { location: accepted.links.self } };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/bookings/{appointmentId}',
      tag: 'Bookings',
      summary: 'What became of a booking',
      params: bookingParams,
      success: {
        status: 200,
        description: 'Status, and alternatives when the slot was not free.',
        schema: bookingSchema,
      },
      problems: [404],
      async handle({ params, caller }) {
        const request = await findBookingRequest(db, caller.companyId, params.appointmentId);
        if (!request) throw notFound('booking');
        const { companyId, detail, ...booking } = request;
        const result = readDetail(detail);
        const emails =
          result.alternatives.length > 0
            ? new Map((await listStaff(db, companyId)).map(({ id, email }) => [id, email]))
            : new Map<string, string>();
        const alternatives = result.alternatives.map(({ startsAt, staffId }) => ({
          startsAt,
          staff: emails.get(staffId) ?? null,
        }));
        return {
          body: { ...booking, reason: result.reason, alternatives, links: links(booking.appointmentId) },
        };
      },
    }),
  ];
}

/** The end state as the workflow stored it. */
function readDetail(detail: object | null): {
  reason: string | null;
  alternatives: { startsAt: string; staffId: string }[];
} {
  return { reason: null, alternatives: [], ...detail };
}
