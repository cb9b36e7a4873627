import { readExportData } from '../../../db/privacy/export-data.ts';
import { exportLink } from '../../../db/privacy/export-link.ts';
import { linkSent, noteDelivery, readExport } from '../../../db/privacy/exports.ts';
import type { Deps } from '../../../platform/deps.ts';
import { escapeHtml } from '../../../shared/escape-html.ts';
import { dayOf, wordsOf } from './words.ts';

/** Mails the person where the copy can be fetched, once. The code comes from the company, by another way. */
export async function sendExportLink(deps: Deps, exportId: string): Promise<void> {
  const { db, vault, env } = deps;
  const row = await readExport(db, exportId);
  if (row.status !== 'ready') return;
  const data = await readExportData(db, vault, row);
  if (!data) return;
  if (!data.email) return noteDelivery(db, exportId, 'no-address');
  const { email, name, companyName, locale, timeZone } = data;
  const words = wordsOf(locale);
  const url = exportLink(vault, env.PUBLIC_URL, exportId);
  const paragraphs = words.mailText(companyName, dayOf(row.expires_at, locale, timeZone));
  const effect = await deps.messages.mail({
    id: exportId,
    key: `export-link:${exportId}`,
    companyId: row.company_id,
    entity: exportId,
    recipientId: row.subject_id,
    createdAt: row.created_at,
    sent: () => linkSent(exportId),
  });
  await deps.effects.once({
    ...effect,
    perform: () =>
      deps.mailer.send({
        messageId: `<export-${exportId}@switchboard.example>`,
        to: name ? { name, address: email } : email,
        subject: words.mailSubject(companyName),
        text: [...paragraphs, url].join('\n\n'),
        html: `${paragraphs.map((one) => `<p>${escapeHtml(one)}</p>`).join('')}<p><a href="${url}">${words.button}</a></p>`,
      }),
  });
}
