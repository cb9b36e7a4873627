import { quietHoursOf } from '../../../db/phone-desk/notification/channel-facts.ts';
import { type Timing, timingOf } from '../../../shared/messages/timing.ts';
import type { Addressed } from './channels/channel.ts';

/** Whether a notification may be sent now, later or not any more. */
export const timingFor = ({ about, customer }: Addressed, now: Date): Timing =>
  timingOf(now, {
    kind: about.kind,
    channel: about.channel,
    startsAt: about.starts_at,
    endsAt: about.ends_at,
    timeZone: customer.timeZone,
    quiet: quietHoursOf(about.facts),
  });
