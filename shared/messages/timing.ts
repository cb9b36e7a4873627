import { atLocalMinute, localDate } from '../time.ts';
import { type Channel, isReminder, type NotificationKind } from './channels.ts';
import { endOfQuiet, type QuietHours } from './quiet-hours.ts';

const MINUTE_MS = 60_000;
/** A reminder "in two hours" is of use until shortly before the customer has to leave. */
const LAST_REMINDER_MS = 30 * MINUTE_MS;
/** Whoever learns of a change later than this cannot do anything about it: it is said at once, quiet or not. */
const TIME_TO_ACT_MS = 120 * MINUTE_MS;

export interface MessageMoment {
  kind: NotificationKind;
  channel: Channel;
  startsAt: Date;
  endsAt: Date;
  /** The customer's. */
  timeZone: string;
  quiet: QuietHours | null;
}

/** Whether a message may be sent now; `later`: not before `at`; `never`: it would say the wrong thing. */
export type Timing =
  | { send: 'now' }
  | { send: 'later'; at: Date }
  | { send: 'never'; reason: 'too-late' | 'quiet-hours' };

/** From when on a message says the wrong thing: "tomorrow" on the day itself, "in two hours" at the door. */
export function saysWrongFrom({ kind, startsAt, endsAt, timeZone }: MessageMoment): Date {
  switch (kind) {
    case 'reminder-24h':
      return atLocalMinute(localDate(startsAt, timeZone), 0, timeZone);
    case 'reminder-2h':
      return new Date(startsAt.getTime() - LAST_REMINDER_MS);
    default:
      return endsAt;
  }
}

/**
 * The rule of quiet hours. Mail makes no noise and is never held. Every other channel waits for the end of the quiet
 * hours: a reminder that would say the wrong thing by then is left out, anything else that would come too late to act
 * on is sent at once.
 */
export function timingOf(now: Date, moment: MessageMoment): Timing {
  const wrongFrom = saysWrongFrom(moment);
  if (now >= wrongFrom) return { send: 'never', reason: 'too-late' };
  if (moment.quiet === null || moment.channel === 'email') return { send: 'now' };
  const at = endOfQuiet(moment.quiet, moment.timeZone, now);
  if (at <= now) return { send: 'now' };
  if (isReminder(moment.kind)) {
    return at < wrongFrom ? { send: 'later', at } : { send: 'never', reason: 'quiet-hours' };
  }
  return at.getTime() <= moment.startsAt.getTime() - TIME_TO_ACT_MS ? { send: 'later', at } : { send: 'now' };
}
