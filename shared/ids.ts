/** Workflow ids are business ids: whoever sees the entity knows the run, and a second start joins the first. */
export const callWorkflowId = (vendor: string, callId: string) => `call/${vendor}/${callId}`;
export const bookingWorkflowId = (appointmentId: string) => `booking/${appointmentId}`;
export const appointmentWorkflowId = (appointmentId: string) => `appointment/${appointmentId}`;
/** A message that takes over from one that did not arrive. */
export const notificationWorkflowId = (notificationId: string) => `notification/${notificationId}`;
/** What somebody writes to one of our numbers; `pair` tells neither. */
export const inboundMessageEntity = (pair: string) => `inbound-message/${pair}`;
/** Whose texts they are, by the keyed hash of the number. */
export const inboundSender = (sender: string) => `inbound-sender/${sender}`;
/** What happened to a booking in a company's calendar. */
export const calendarChangeWorkflowId = (companyId: string, bookingUid: string) =>
  `calendar-change/${companyId}/${bookingUid}`;
/** What a company pays; one run at a time. */
export const subscriptionWorkflowId = (companyId: string) => `subscription/${companyId}`;
/** Where an event is kept of which we do not know yet whose it is. */
export const stripeObjectEntity = (type: string, id: string) => `stripe/${type}/${id}`;
/** Comparing a company's bookings with its calendar, one at a time. */
export const bookingSyncWorkflowId = (companyId: string) => `booking-sync/${companyId}`;
/** Comparing a company's event types with its calendar, one at a time. */
export const eventTypeSyncWorkflowId = (companyId: string) => `event-type-sync/${companyId}`;
/** A batch of staff put on event types, or taken off them. */
export const staffAssignmentWorkflowId = (batchId: string) => `staff-assignment/${batchId}`;
/** The billing of a month (`YYYY-MM`), over all companies. */
export const monthlyBillingWorkflowId = (month: string) => `monthly-billing/${month}`;
export const companyBillingWorkflowId = (companyId: string, month: string) =>
  `company-billing/${companyId}/${month}`;
export const monthlyReportWorkflowId = (companyId: string, month: string) =>
  `monthly-report/${companyId}/${month}`;
/** One per user and local day (`YYYY-MM-DD`): a day cannot have two runs. */
export const dailyCallWorkflowId = (userId: string, localDate: string) => `daily-call/${userId}/${localDate}`;
/** One refresh of a call at a time. */
export const callRefreshWorkflowId = (callId: string) => `call-refresh/${callId}`;

/** One per request to be forgotten. */
export const erasureWorkflowId = (erasureId: string) => `gdpr-erasure/${erasureId}`;

/** One per copy of what is kept of a person. */
export const exportWorkflowId = (exportId: string) => `gdpr-export/${exportId}`;

/** Where reports are kept that came before we knew whose call they are about. */
export const outboundCallEntity = (provider: string, providerCallId: string) =>
  `outbound-call/${provider}/${providerCallId}`;
