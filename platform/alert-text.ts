import type { NoticeLine } from '../db/alert-notices.ts';
import { alertKinds } from '../shared/alerts.ts';
import { renderHtml } from '../shared/messages/liquid.ts';
import { mailFrame } from '../shared/messages/mail-frame.ts';

/** More lines than this are counted instead. */
const MAX_LINES = 50;

export interface AlertText {
  subject: string;
  text: string;
  html: string;
}

const minute = (at: Date) => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

const nameOf = ({ kind, entity, company }: NoticeLine) =>
  `${kind}: ${entity}${company ? ` (${company})` : ''}`;

function tell(line: NoticeLine): string {
  const { says, runbook } = alertKinds[line.kind];
  return line.event === 'cleared'
    ? `Over since ${minute(line.clearedAt ?? line.raisedAt)}. It began ${minute(line.raisedAt)}.`
    : `${says} Since ${minute(line.raisedAt)}. What to do: docs/runbooks/${runbook}.md`;
}

function subjectOf(lines: NoticeLine[]): string {
  const raised = lines.filter(({ event }) => event === 'raised');
  const over = lines.length - raised.length;
  const first = nameOf((raised[0] ?? lines[0]) as NoticeLine);
  if (raised.length === 0) return over === 1 ? `Over: ${first}` : `Over: ${first} and ${over - 1} more`;
  return raised.length === 1 ? `Alert: ${first}` : `${raised.length} alerts: ${first} and more`;
}

const page = mailFrame(
  `{% for line in lines %}<p style="margin:0 0 1rem"><strong>{{ line.name }}</strong><br>{{ line.told }}</p>
{% endfor %}{% if more > 0 %}<p style="margin:0">and {{ more }} more</p>{% endif %}`,
  'All that stand: {{ address }}',
);

/** One message about several alerts. It holds no personal data: kinds, parts and slugs of companies. */
export async function renderAlerts(lines: NoticeLine[], publicUrl: string): Promise<AlertText> {
  const address = `${publicUrl}/api/alerts?standing=true`;
  const shown = lines.slice(0, MAX_LINES).map((line) => ({ name: nameOf(line), told: tell(line) }));
  const more = lines.length - shown.length;
  const paragraphs = shown.map(({ name, told }) => `${name}\n${told}`);
  if (more > 0) paragraphs.push(`and ${more} more`);
  return {
    subject: `[Switchboard] ${subjectOf(lines)}`,
    text: [...paragraphs, `All that stand: ${address}`].join('\n\n'),
    html: await renderHtml(page, { lines: shown, more, address }),
  };
}
