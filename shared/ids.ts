/** Workflow ids are business ids: whoever sees the entity knows the run, and a second start joins the first. */
export const callWorkflowId = (vendor: string, callId: string) => `call/${vendor}/${callId}`;
export const bookingWorkflowId = (appointmentId: string) => `booking/${appointmentId}`;
export const appointmentWorkflowId = (appointmentId: string) => `appointment/${appointmentId}`;
