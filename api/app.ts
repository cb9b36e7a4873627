import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { callAnalyticsEndpoints } from './daily-calls/analytics/routes.ts';
import { callDayEndpoints } from './daily-calls/days/routes.ts';
import { doNotCallEndpoints } from './daily-calls/do-not-call/routes.ts';
import { callUserImportEndpoints, IMPORT_LIMIT, IMPORT_PATH } from './daily-calls/import/routes.ts';
import { callPauseEndpoints } from './daily-calls/pauses/routes.ts';
import { queueEndpoints } from './daily-calls/queue/routes.ts';
import { scriptResultEndpoints } from './daily-calls/results/routes.ts';
import { agentScriptEndpoints } from './daily-calls/scripts/routes.ts';
import { callUserEndpoints } from './daily-calls/users/routes.ts';
import type { ApiDeps } from './deps.ts';
import { fileEndpoints } from './files/routes.ts';
import { HttpProblem } from './http-problem.ts';
import { authenticate } from './middleware/authenticate.ts';
import { presentError } from './middleware/present-error.ts';
import { requestContext } from './middleware/request-context.ts';
import { requestLog } from './middleware/request-log.ts';
import { mountEndpoints } from './mount.ts';
import { createOpenApiDocument } from './openapi.ts';
import { alertEndpoints } from './operations/alerts/routes.ts';
import { companyEndpoints } from './operations/companies/routes.ts';
import { inboxEventEndpoints } from './operations/inbox-events/routes.ts';
import { reviewEndpoints } from './operations/reviews/routes.ts';
import { scheduleEndpoints } from './operations/schedules/routes.ts';
import { appointmentEndpoints } from './phone-desk/appointment/routes.ts';
import { availabilityEndpoints } from './phone-desk/availability/routes.ts';
import { bookingEndpoints } from './phone-desk/booking/routes.ts';
import { bookingSyncEndpoints } from './phone-desk/booking-sync/routes.ts';
import { calendarSecretEndpoints } from './phone-desk/calendar-change/routes.ts';
import { callEndpoints } from './phone-desk/call/routes.ts';
import { customerEndpoints } from './phone-desk/customers/routes.ts';
import { eventTypeEndpoints } from './phone-desk/event-type-sync/routes.ts';
import { erasureEndpoints } from './phone-desk/gdpr-erasure/routes.ts';
import { exportLinkEndpoints, LINK_PATH } from './phone-desk/gdpr-export/link-routes.ts';
import { exportEndpoints } from './phone-desk/gdpr-export/routes.ts';
import { legalHoldEndpoints } from './phone-desk/legal-holds/routes.ts';
import { messageTemplateEndpoints } from './phone-desk/message-templates/routes.ts';
import { messagingEndpoints } from './phone-desk/messaging/routes.ts';
import { billingEndpoints } from './phone-desk/monthly-billing/routes.ts';
import { reportEndpoints } from './phone-desk/monthly-report/routes.ts';
import { notificationEndpoints } from './phone-desk/notification/routes.ts';
import { preferenceEndpoints } from './phone-desk/preferences/routes.ts';
import { pushSubscriptionEndpoints } from './phone-desk/push-subscriptions/routes.ts';
import { retentionEndpoints } from './phone-desk/retention/routes.ts';
import { staffAssignmentEndpoints } from './phone-desk/staff-assignment/routes.ts';
import { subscriptionEndpoints } from './phone-desk/subscription/routes.ts';
import { problem } from './problem.ts';
import { docsRoutes } from './service/docs.ts';
import { healthRoutes } from './service/health.ts';
import { createMetrics, type HttpMetrics } from './service/metrics.ts';
import { unsubscribeRoutes } from './unsubscribe/routes.ts';

const BODY_LIMIT = '100kb';

/** Nothing that the API answers is a page; `/docs` sets a policy of its own. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"] },
};

/** The API without a port. Webhooks are not here: `server.ts` takes them in front of it. */
export function createApp(deps: ApiDeps, metrics: HttpMetrics = createMetrics(deps.pool)): Express {
  const endpoints = [
    ...callEndpoints(deps),
    ...customerEndpoints(deps),
    ...preferenceEndpoints(deps),
    ...pushSubscriptionEndpoints(deps),
    ...bookingEndpoints(deps),
    ...availabilityEndpoints(deps),
    ...billingEndpoints(deps),
    ...reportEndpoints(deps),
    ...appointmentEndpoints(deps),
    ...calendarSecretEndpoints(deps),
    ...bookingSyncEndpoints(deps),
    ...eventTypeEndpoints(deps),
    ...staffAssignmentEndpoints(deps),
    ...notificationEndpoints(deps),
    ...retentionEndpoints(deps),
    ...subscriptionEndpoints(deps),
    ...messagingEndpoints(deps),
    ...messageTemplateEndpoints(deps),
    ...legalHoldEndpoints(deps),
    ...erasureEndpoints(deps),
    ...exportEndpoints(deps),
    ...exportLinkEndpoints(deps),
    ...callUserEndpoints(deps),
    ...callUserImportEndpoints(deps),
    ...callDayEndpoints(deps),
    ...doNotCallEndpoints(deps),
    ...callPauseEndpoints(deps),
    ...agentScriptEndpoints(deps),
    ...scriptResultEndpoints(deps),
    ...callAnalyticsEndpoints(deps),
    ...queueEndpoints(deps),
    ...reviewEndpoints(deps),
    ...inboxEventEndpoints(deps),
    ...alertEndpoints(deps),
    ...scheduleEndpoints(deps),
    ...fileEndpoints(deps),
    ...companyEndpoints(deps),
  ];

  const app = express();
  app.disable('x-powered-by');
  app.use(requestContext);
  app.use(requestLog(deps.log, metrics));
  app.use(helmet({ contentSecurityPolicy }));

  app.get('/', (_request, response) => response.redirect('/docs'));
  app.use(healthRoutes(deps));
  app.get('/metrics', async (_request, response) => {
    response.locals.route = '/metrics';
    response.type(metrics.contentType).send(await metrics.text());
  });
  app.use(unsubscribeRoutes(deps));
  app.use(docsRoutes(createOpenApiDocument(endpoints, deps.env.PUBLIC_URL)));

  app.use('/api/webhooks', noSuchRoute);
  app.use(LINK_PATH, express.text({ type: 'application/x-www-form-urlencoded', limit: '1kb' }));
  app.use(mountEndpoints(endpoints.filter(({ open }) => open)));
  app.use('/api', authenticate(deps.db), express.json({ limit: BODY_LIMIT }));
  app.use(IMPORT_PATH, express.text({ type: 'text/csv', limit: IMPORT_LIMIT }));
  app.use(mountEndpoints(endpoints.filter(({ open }) => !open)));

  app.use(noSuchRoute);
  app.use(presentError(deps.log));
  return app;
}

const noSuchRoute: RequestHandler = () => {
  throw new HttpProblem(problem(404, 'no-such-route', 'There is nothing at this address.'));
};
