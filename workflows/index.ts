export { callSweep } from './daily-calls/call-sweep/workflow.ts';
export { dailyCall } from './daily-calls/daily-call/workflow.ts';
export { appointmentLife } from './phone-desk/appointment/workflow.ts';
export { availabilityPrecache } from './phone-desk/availability-precache/workflow.ts';
export { booking } from './phone-desk/booking/workflow.ts';
export { cacheWarm } from './phone-desk/cache-warm/workflow.ts';
export { calendarChange } from './phone-desk/calendar-change/workflow.ts';
export { callBooking } from './phone-desk/call/workflow.ts';
