import { raiseAlert } from '../../../db/alerts.ts';
import type { NotificationRow } from '../../../db/phone-desk/notification/notification-content.ts';
import type { Deps } from '../../../platform/deps.ts';
import {
  type CompanyTemplate,
  type Content,
  chooseTemplate,
} from '../../../shared/messages/appointment/content.ts';
import { templateEntity } from '../../../shared/messages/appointment/template-entity.ts';
import type { AppointmentMessage } from '../../../shared/messages/appointment/values.ts';

/**
 * Writes a message in the company's words. When they do not work our own stand in, and the company is told: a broken
 * text must not keep a customer from being told.
 */
export async function inCompanyWords<T>(
  deps: Deps,
  about: NotificationRow,
  message: AppointmentMessage,
  write: (message: AppointmentMessage, template: CompanyTemplate | null) => Promise<Content<T>>,
): Promise<T> {
  const template = chooseTemplate(about.templates, message.locale, about.company_locale);
  const { content, problem } = await write(message, template);
  if (problem !== null && template) {
    await raiseAlert(deps.db, {
      kind: 'message-text-broken',
      companyId: about.company_id,
      entity: templateEntity({ ...about, language: template.language }),
      detail: { problem },
    });
  }
  return content;
}
