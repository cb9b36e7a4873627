import type { Channel, NotificationKind } from '../channels.ts';
import { checkHtmlText, checkPlainText, InvalidTextError } from './company-text.ts';
import { type CompanyTemplate, ownMail, ownPush, ownSms } from './content.ts';
import { type AppointmentMessage, isTemplateVariable, templateVariables } from './values.ts';

/** What is wrong with one part of a text. */
export interface TemplateProblem {
  path: TemplatePart;
  message: string;
}

export type TemplatePart = 'subject' | 'text' | 'html' | 'contentSid' | 'variables';
export type TemplateDraft = Omit<CompanyTemplate, 'language'>;

/** What a text of each channel consists of. */
const parts: Record<Channel, { required: TemplatePart[]; optional: TemplatePart[] }> = {
  email: { required: ['subject', 'text'], optional: ['html'] },
  sms: { required: ['text'], optional: [] },
  whatsapp: { required: ['contentSid', 'variables'], optional: [] },
  push: { required: ['subject', 'text'], optional: [] },
};

const isOneLine = (text: string) => !/[\r\n]/.test(text);

/** Everything that keeps a text from being used on its channel; empty: nothing does. */
export async function checkTemplate(
  channel: Channel,
  draft: TemplateDraft,
  sample: AppointmentMessage,
): Promise<TemplateProblem[]> {
  const { required, optional } = parts[channel];
  const problems: TemplateProblem[] = [];
  const add = (path: TemplatePart, message: string) => problems.push({ path, message });
  for (const path of ['subject', 'text', 'html', 'contentSid', 'variables'] as const) {
    if (draft[path] === null && required.includes(path)) add(path, `is required for ${channel}`);
    if (draft[path] !== null && ![...required, ...optional].includes(path)) {
      add(path, `does not belong to ${channel}`);
    }
  }
  const check = (path: 'subject' | 'text' | 'html', by: (source: string) => void) => {
    const source = draft[path];
    if (source === null) return;
    try {
      by(source);
    } catch (error) {
      if (!(error instanceof InvalidTextError)) throw error;
      add(path, error.message);
    }
  };
  check('subject', checkPlainText);
  check('text', checkPlainText);
  check('html', checkHtmlText);
  if (draft.subject !== null && !isOneLine(draft.subject)) add('subject', 'must be one line');
  for (const name of draft.variables ?? []) {
    if (isTemplateVariable(name)) continue;
    add('variables', `there is no variable ${name}; there are: ${Object.keys(templateVariables).join(', ')}`);
  }
  return problems.length > 0 ? problems : checkRendered(channel, draft, sample);
}

/** Sizes show only when it is written: once with all that may be missing, once without. */
async function checkRendered(
  channel: Channel,
  draft: TemplateDraft,
  sample: AppointmentMessage,
): Promise<TemplateProblem[]> {
  const template = { ...draft, language: sample.locale };
  const write = { email: ownMail, sms: ownSms, push: ownPush, whatsapp: null }[channel];
  if (!write) return [];
  try {
    await write(sample, template);
    await write({ ...sample, name: null, unsubscribeUrl: null }, template);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidTextError)) throw error;
    const path = error.message.startsWith('the subject')
      ? 'subject'
      : error.message.startsWith('the HTML')
        ? 'html'
        : 'text';
    return [{ path, message: error.message }];
  }
}

/** An appointment to show a text with that is about none. */
export function sampleMessage(
  kind: NotificationKind,
  channel: Channel,
  language: string,
  company: { name: string; contact: string; timeZone: string },
): AppointmentMessage {
  return {
    kind,
    name: language === 'de' ? 'Lena Hoffmann' : 'Alex Taylor',
    locale: language,
    timeZone: company.timeZone,
    service: language === 'de' ? 'Haarschnitt' : 'Haircut',
    staff: 'Jonas Petersen',
    company: company.name,
    contact: company.contact,
    startsAt: new Date('2030-05-15T09:30:00Z'),
    reference: '0a1b2c3d4e5f',
    unsubscribeUrl:
      channel === 'email' && kind.startsWith('reminder') ? 'https://desk.example/unsubscribe/example' : null,
  };
}
