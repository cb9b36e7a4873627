import { listNotifications } from '../../../db/phone-desk/notification/notifications-read.ts';
import { readScope } from '../../company-scope.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { pageRequest, presentPage } from '../../paging.ts';
import { notificationPageSchema, notificationsQuery } from './schema.ts';

export function notificationEndpoints({ db }: Pick<ApiDeps, 'db'>): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/notifications',
      tag: 'Notifications',
      summary: 'What was sent to customers, newest first',
      query: notificationsQuery,
      success: { status: 200, description: 'A page of notifications.', schema: notificationPageSchema },
      async handle({ query, caller }) {
        const companyId = await readScope(db, caller, query.company);
        return {
          body: presentPage(await listNotifications(db, { ...query, companyId }, pageRequest(query))),
        };
      },
    }),
  ];
}
