import type { ExportData, ExportedRow } from '../../../db/privacy/export-data.ts';
import type { Deps } from '../../../platform/deps.ts';
import { dayOf, wordsOf } from './words.ts';

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);

/** The most important of a copy, for people to read. */
export function writeSummary(documents: Deps['documents'], data: ExportData, now: Date): Promise<Buffer> {
  const { companyName, locale, timeZone, sections } = data;
  const words = wordsOf(locale);
  const at = (value: unknown) => (value instanceof Date ? dayOf(value, locale, timeZone) : null);
  const line = (...parts: (string | null)[]) => parts.filter((part) => part !== null).join(' · ');
  const document = documents.create(words.title, companyName);
  document.font('bold').fontSize(20).text(words.title);
  document
    .font('plain')
    .fontSize(10)
    .text(words.intro(companyName, dayOf(now, locale, timeZone)));

  const section = (title: string, rows: ExportedRow[] = [], entry: (row: ExportedRow) => string[]) => {
    document.moveDown().font('bold').fontSize(13).text(title);
    document.fontSize(10);
    if (rows.length === 0) document.font('plain').text(words.nothing);
    for (const row of rows) {
      const [first = '', ...more] = entry(row);
      document.moveDown(0.4).font('bold').text(first).font('plain');
      for (const paragraph of more) document.text(paragraph);
    }
  };
  const some = (...paragraphs: (string | null)[]) => paragraphs.filter((one) => one !== null);

  const known = (row: ExportedRow) => some(text(row.name) ?? '–', line(text(row.phone), text(row.email)));
  section(words.you, [...(sections.customer ?? []), ...(sections.dailyCallUser ?? [])], known);
  section(words.appointments, sections.appointments, (row) =>
    some(line(at(row.startsAt), text(row.service)), line(text(row.staff), text(row.status))),
  );
  section(words.calls, sections.calls, (row) =>
    some(line(at(row.startedAt) ?? at(row.createdAt), text(row.outcome)), text(row.transcript)),
  );
  section(words.dailyCalls, sections.attempts, (row) =>
    some(line(at(row.dialledAt) ?? at(row.plannedFor), text(row.status)), text(row.transcript)),
  );
  section(words.messages, [...(sections.messages ?? []), ...(sections.notices ?? [])], (row) =>
    some(line(at(row.sentAt) ?? at(row.createdAt), text(row.kind), text(row.channel), text(row.status))),
  );
  document.moveDown().text(words.rest);
  return documents.finish(document, `${words.page} · ${companyName}`);
}
