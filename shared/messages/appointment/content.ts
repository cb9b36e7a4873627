import { mailFrame } from '../mail-frame.ts';
import { oneLine } from '../one-line.ts';
import {
  builtInMail,
  builtInPush,
  builtInSms,
  type MailContent,
  mailFooter,
  type PushContent,
  textFooter,
} from './built-in.ts';
import { InvalidTextError, renderHtmlText, renderPlainText, textAsHtml } from './company-text.ts';
import { type AppointmentMessage, isTemplateVariable, valuesOf } from './values.ts';
import { isSpoken, languageOf } from './wordings.ts';

/** A text of a company, as it is stored. */
export interface CompanyTemplate {
  /** ISO 639. */
  language: string;
  subject: string | null;
  text: string | null;
  html: string | null;
  contentSid: string | null;
  variables: string[] | null;
}

/** What to say, and what was wrong with the company's own text if ours stands in for it. */
export interface Content<T> {
  content: T;
  problem: string | null;
}

const MAX_SUBJECT_CHARS = 200;
const MAX_MAIL_CHARS = 100_000;
const MAX_SMS_CHARS = 1_500;
const MAX_PUSH_CHARS = 500;

const codeOf = (locale: string) => locale.split('-', 1)[0]!.toLowerCase();

/**
 * The company's text for a customer: in the customer's language, else (when we do not speak that language either) in
 * the company's. Null: our own words.
 */
export function chooseTemplate(
  templates: CompanyTemplate[],
  customerLocale: string,
  companyLocale: string,
): CompanyTemplate | null {
  const [own, companys] = [codeOf(customerLocale), codeOf(companyLocale)];
  const inLanguage = (code: string) => templates.find(({ language }) => language === code) ?? null;
  return inLanguage(own) ?? (isSpoken(own) ? null : inLanguage(companys));
}

/** An approved text of WhatsApp has no stand-in: any language of the company is better than none. */
export const chooseApproved = (templates: CompanyTemplate[], customerLocale: string, companyLocale: string) =>
  [codeOf(customerLocale), codeOf(companyLocale)]
    .map((code) => templates.find(({ language }) => language === code))
    .find((template) => template !== undefined) ?? null;

function within(text: string, limit: number, what: string): string {
  if (text.length === 0) throw new InvalidTextError(`${what} is empty`);
  if (text.length > limit) throw new InvalidTextError(`${what} has ${text.length} characters, over ${limit}`);
  return text;
}

/** Day and time are written in the language of the text. */
const valuesIn = (message: AppointmentMessage, { language }: CompanyTemplate) =>
  valuesOf(codeOf(message.locale) === language ? message : { ...message, locale: language });

/** The company's mail. Throws `InvalidTextError`. */
export async function ownMail(message: AppointmentMessage, template: CompanyTemplate): Promise<MailContent> {
  const values = valuesIn(message, template);
  const language = languageOf(template.language);
  const subject = oneLine(await renderPlainText(template.subject ?? '', values));
  const text = await renderPlainText(template.text ?? '', values);
  const html = template.html === null ? textAsHtml(text) : await renderHtmlText(template.html, values);
  return {
    subject: within(subject, MAX_SUBJECT_CHARS, 'the subject'),
    text: `${within(text.trim(), MAX_MAIL_CHARS, 'the text')}\n\n${await renderPlainText(textFooter(language), values)}`,
    html: mailFrame(
      within(html, MAX_MAIL_CHARS, 'the HTML'),
      await renderHtmlText(mailFooter(language), values),
    ),
  };
}

/** The company's SMS. Throws `InvalidTextError`. */
export async function ownSms(message: AppointmentMessage, template: CompanyTemplate): Promise<string> {
  const text = await renderPlainText(template.text ?? '', valuesIn(message, template));
  return within(text.trim(), MAX_SMS_CHARS, 'the text');
}

/** The company's push. Throws `InvalidTextError`. */
export async function ownPush(message: AppointmentMessage, template: CompanyTemplate): Promise<PushContent> {
  const values = valuesIn(message, template);
  const title = oneLine(await renderPlainText(template.subject ?? '', values));
  const body = (await renderPlainText(template.text ?? '', values)).trim();
  return {
    title: within(title, MAX_SUBJECT_CHARS, 'the subject'),
    body: within(body, MAX_PUSH_CHARS, 'the text'),
  };
}

/** What stands for `{{1}}`, `{{2}}`, … of an approved WhatsApp template; none of them may be empty there. */
export function approvedVariables(message: AppointmentMessage, template: CompanyTemplate): string[] {
  const values = valuesIn(message, template);
  return (template.variables ?? [])
    .map((name) => (isTemplateVariable(name) && values[name]) || '–')
    .map(oneLine);
}

async function orBuiltIn<T>(own: Promise<T> | null, builtIn: () => Promise<T>): Promise<Content<T>> {
  try {
    if (own) return { content: await own, problem: null };
  } catch (error) {
    if (!(error instanceof InvalidTextError)) throw error;
    return { content: await builtIn(), problem: error.message };
  }
  return { content: await builtIn(), problem: null };
}

/** The mail in the company's words, or in ours when it has none or they do not work. */
export const mailContent = (message: AppointmentMessage, template: CompanyTemplate | null) =>
  orBuiltIn(template && ownMail(message, template), () => builtInMail(message));

/** The same as SMS. */
export const smsContent = (message: AppointmentMessage, template: CompanyTemplate | null) =>
  orBuiltIn(template && ownSms(message, template), () => builtInSms(message));

/** The same as push. */
export const pushContent = (message: AppointmentMessage, template: CompanyTemplate | null) =>
  orBuiltIn(template && ownPush(message, template), () => builtInPush(message));
