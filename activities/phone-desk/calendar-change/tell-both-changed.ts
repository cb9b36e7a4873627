import {
  driftTold,
  failDriftMail,
  readDriftToTell,
} from '../../../db/phone-desk/booking-sync/calendar-drift.ts';
import type { SideOfDrift } from '../../../db/tables/calendar-sync.ts';
import type { Deps } from '../../../platform/deps.ts';
import { renderHtml, renderPlain } from '../../../shared/messages/liquid.ts';
import { mailFrame } from '../../../shared/messages/mail-frame.ts';
import { noteFailure } from '../../../shared/messages/note-failure.ts';

const subject = 'Changed here and in the calendar: {{ service }}, {{ there }}';
const lead =
  'An appointment was changed here and in your calendar before either side knew of the other. {{ rule }}';
const lines = [
  ['Service', '{{ service }} with {{ staff }}'],
  ['Asked for here', '{{ here }}'],
  ['In the calendar', '{{ there }}'],
  ['Appointment', '{{ appointmentId }}'],
] as const;
const html = mailFrame(
  `<p>${lead}</p><table>${lines.map(([name, value]) => `<tr><th align="left">${name}</th><td>${value}</td></tr>`).join('')}</table>`,
  '{{ companyName }}',
);
const text = `${lead}\n\n${lines.map(([name, value]) => `${name}: ${value}`).join('\n')}\n`;

const rules = {
  'calendar-won': 'The calendar counts: the appointment now stands as it stands there.',
  'cancellation-won': 'A cancellation counts before a move: the appointment is cancelled.',
};

/** Tells a company's contact, once, that an appointment had been changed on both sides, and which one counts. */
export async function tellBothChanged(deps: Deps, driftId: string): Promise<void> {
  const drift = await readDriftToTell(deps.db, driftId);
  if (drift?.told !== 'due') return;
  const local = (side: SideOfDrift | null) =>
    side?.status === 'cancelled' || side?.status === 'rejected'
      ? 'cancelled'
      : new Date(side?.startsAt ?? drift.createdAt).toLocaleString('en-GB', {
          timeZone: drift.timeZone,
          dateStyle: 'full',
          timeStyle: 'short',
        });
  const here = local(drift.here);
  const values = { ...drift, here, there: local(drift.there), rule: ruleOf(here) };
  const effect = await deps.messages.mail({
    id: driftId,
    key: `drift:${driftId}`,
    companyId: drift.companyId,
    entity: drift.appointmentId,
    recipientId: drift.companyId,
    createdAt: drift.createdAt,
    sent: () => driftTold(driftId),
  });
  const fail = (status: 'failed' | 'unknown') =>
    failDriftMail(deps.db, driftId, status === 'unknown' ? 'unknown' : 'refused');
  await noteFailure(fail, async () => {
    const rendered = {
      subject: await renderPlain(subject, values),
      html: await renderHtml(html, values),
      text: await renderPlain(text, values),
    };
    const messageId = `<drift-${driftId}@switchboard.example>`;
    const to = drift.contactEmail;
    return deps.effects.once({
      ...effect,
      perform: () => deps.mailer.send({ messageId, to, ...rendered }),
    });
  });
}

const ruleOf = (here: string) => rules[here === 'cancelled' ? 'cancellation-won' : 'calendar-won'];
