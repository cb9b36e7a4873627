import { requestsOfAppointment } from '../../../db/phone-desk/appointment/appointment-requests.ts';
import { findAppointment, listAppointments } from '../../../db/phone-desk/appointment/appointments-read.ts';
import { notificationsOfAppointment } from '../../../db/phone-desk/notification/notifications-read.ts';
import { readAtOnce } from '../../../db/read-at-once.ts';
import { readScope } from '../../company-scope.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { idParams } from '../../fields.ts';
import { notFound } from '../../http-problem.ts';
import { pageRequest, presentPage } from '../../paging.ts';
import { requestChange } from './request-change.ts';
import {
  appointmentDetailSchema,
  appointmentPageSchema,
  appointmentRequestSchema,
  appointmentsQuery,
  cancelBody,
  rescheduleBody,
} from './schema.ts';

export function appointmentEndpoints(deps: ApiDeps): Endpoint[] {
  const { db } = deps;
  const accepted = {
    status: 202,
    description: "Stored; the appointment's `requests` show how it ends.",
    schema: appointmentRequestSchema,
  } as const;
  const locationOf = (id: string) => ({ location: `/api/appointments/${id}` });

  return [
    endpoint({
      method: 'get',
      path: '/api/appointments',
      tag: 'Appointments',
      summary: 'Appointments, newest first',
      query: appointmentsQuery,
      success: { status: 200, description: 'A page of appointments.', schema: appointmentPageSchema },
      async handle({ query, caller }) {
        const companyId = await readScope(db, caller, query.company);
        return { body: presentPage(await listAppointments(db, { ...query, companyId }, pageRequest(query))) };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/appointments/{id}',
      tag: 'Appointments',
      summary: 'One appointment, what was asked for it and what was sent',
      params: idParams,
      success: { status: 200, description: 'The appointment.', schema: appointmentDetailSchema },
      problems: [404],
      async handle({ params, caller }) {
        return readAtOnce(db, async (moment) => {
          const appointment = await findAppointment(moment, caller.companyId, params.id);
          if (!appointment) throw notFound('appointment');
          const requests = await requestsOfAppointment(moment, params.id);
          const notifications = await notificationsOfAppointment(moment, params.id);
          return { body: { ...appointment, requests, notifications } };
        });
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/appointments/{id}/cancel',
      tag: 'Appointments',
      summary: 'Ask to cancel',
      params: idParams,
      body: cancelBody,
      success: accepted,
      problems: [404, 409],
      async handle({ params, body, caller, context }) {
        const change = { kind: 'cancel', ...body } as const;
        return {
          body: await requestChange(deps, caller, params.id, change, context),
          headers: locationOf(params.id),
        };
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/appointments/{id}/reschedule',
      tag: 'Appointments',
      summary: 'Ask to move',
      params: idParams,
      body: rescheduleBody,
      success: accepted,
      problems: [404, 409],
      async handle({ params, body, caller, context }) {
        const change = { kind: 'reschedule', ...body } as const;
        return {
          body: await requestChange(deps, caller, params.id, change, context),
          headers: locationOf(params.id),
        };
      },
    }),
  ];
}
