/** The call with everything in it; a naive chain hands it from step to step. */
export interface ExtractedCall {
  vendorCallId: string;
  companyId: string;
  country: string;
  timeZone: string;
  locale: string;
  agentId: string;
  fromNumber: string;
  name: string | null;
  email: string | null;
  transcript: string | null;
  analysis: string;
}

export interface Slot {
  serviceId: string;
  staffId: string | null;
  startsAt: string;
}

export interface ChosenSlot {
  serviceId: string;
  staffId: string;
  eventTypeId: number;
  timeZone: string;
  startsAt: string;
  endsAt: string;
}

export interface NaiveAppointment extends ChosenSlot {
  appointmentId: string;
  companyId: string;
  customerId: string;
  callId: string;
}
