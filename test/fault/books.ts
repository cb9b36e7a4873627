import { WorkflowNotFoundError } from '@temporalio/client';
import type { LedgerEntry } from '../../shared/emulator.ts';
import type { Channel } from '../../shared/messages/channels.ts';
import type { FaultStack } from './fault-stack.ts';

/** What the three books say; ids and states only. */
export interface Books {
  /** Vendor call ids that were played. */
  played: string[];
  calls: CallRow[];
  appointments: { id: string; call_id: string | null; status: string; calcom_booking_uid: string | null }[];
  notifications: NotificationRow[];
  openEffects: { key: string; operation: string; status: string; attempts: number }[];
  openReviews: { workflow_id: string; kind: string; question: Record<string, unknown> }[];
  inboxLeft: { event_key: string; status: string; last_error: string | null }[];
  failedRuns: { workflow_id: string; last_error: string }[];
  /** Ids of runs that have not ended, without the lives of appointments. */
  openRuns: string[];
  /** What Cal.com, the mail server and Twilio executed. */
  bookings: ExecutedBooking[];
  mails: Executed[];
  messages: Executed[];
}

export interface CallRow {
  id: string;
  vendor_call_id: string;
  outcome: string | null;
  outcome_detail: Record<string, unknown> | null;
}

export interface NotificationRow {
  id: string;
  appointment_id: string;
  channel: Channel;
  status: string;
  reason: string | null;
}

export interface Executed {
  /** Our own key as the vendor saw it. */
  key: string;
}

export interface ExecutedBooking extends Executed {
  appointmentId: string;
  eventTypeId: number;
  start: string;
  uid: string;
  cancelled: boolean;
}

interface BookingBody {
  start: string;
  eventTypeId: number;
  metadata: { appointmentId: string };
}

export async function readBooks({ db, control, temporal }: FaultStack, played: string[]): Promise<Books> {
  const [creates, cancels, mails, messages] = await Promise.all([
    control.ledger('calcom', 'bookings.create'),
    control.ledger('calcom', 'bookings.cancel'),
    control.ledger('smtp', 'mail.deliver'),
    control.ledger('twilio', 'messages.create'),
  ]);
  const cancelled = new Set(cancels.map(({ request }) => (request as { uid: string }).uid));
  const calls = db.selectFrom('calls').select(['id', 'vendor_call_id', 'outcome', 'outcome_detail']);
  const appointments = db
    .selectFrom('appointments')
    .select(['id', 'call_id', 'status', 'calcom_booking_uid']);
  const notifications = db
    .selectFrom('notifications')
    .select(['id', 'appointment_id', 'channel', 'status', 'reason']);
  const effects = db
    .selectFrom('effects')
    .where('status', 'in', ['intent', 'retry'])
    .select(['key', 'operation', 'status', 'attempts']);
  const reviews = db
    .selectFrom('reviews')
    .where('status', '=', 'open')
    .select(['workflow_id', 'kind', 'question']);
  const inbox = db
    .selectFrom('inbox_events')
    .where('status', 'in', ['pending', 'failed'])
    .select(['event_key', 'status', 'last_error']);
  const failed = db.selectFrom('failed_runs').select(['workflow_id', 'last_error']);
  return {
    played,
    calls: await calls.execute(),
    appointments: await appointments.execute(),
    notifications: await notifications.execute(),
    openEffects: await effects.execute(),
    openReviews: await reviews.execute(),
    inboxLeft: await inbox.execute(),
    failedRuns: await failed.execute(),
    openRuns: await openRuns(temporal, APPOINTMENTS_LIVE_ON),
    bookings: creates.map((entry) => executedBooking(entry, cancelled)),
    mails: mails.map(({ key }) => ({ key: key ?? 'none' })),
    messages: messages.map(({ request }) => ({ key: smsReference((request as { Body: string }).Body) })),
  };
}

function executedBooking({ key, request, response }: LedgerEntry, cancelled: Set<string>): ExecutedBooking {
  const { start, eventTypeId, metadata } = request as BookingBody;
  const { uid } = (response as { data: { uid: string } }).data;
  return {
    key: key ?? 'none',
    appointmentId: metadata.appointmentId,
    eventTypeId,
    start,
    uid,
    cancelled: cancelled.has(uid),
  };
}

/** The reference that our SMS carry (activities/phone-desk/notification/send-sms.ts). */
const smsReference = (text: string) => /ref ([0-9a-f]{12})/.exec(text)?.[1] ?? 'none';

/** The life of an appointment goes on for days. */
const APPOINTMENTS_LIVE_ON = 'WorkflowType != "appointmentLife"';

/** Runs that have not ended. Their index lags behind, so a run that it lists is asked itself. */
export async function openRuns(temporal: FaultStack['temporal'], which: string): Promise<string[]> {
  const open: string[] = [];
  const query = `ExecutionStatus = "Running" AND ${which}`;
  for await (const { workflowId } of temporal.workflow.list({ query })) {
    try {
      const { status } = await temporal.workflow.getHandle(workflowId).describe();
      if (status.name === 'RUNNING') open.push(workflowId);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }
  return open;
}
