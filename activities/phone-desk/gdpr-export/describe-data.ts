import { exportedTables } from '../../../db/privacy/export-tables.ts';

/** The file that says what the others are. */
export function describeData(): string {
  const sections = [...exportedTables.values()].map(({ section, says }) => `  ${section}: ${says}`);
  return [
    'This is a copy of everything that is kept of you (Article 15 and 20 GDPR).',
    '',
    'summary.pdf   the most important of it, to be read',
    'data.json     all of it, to be read by programs (JSON, UTF-8); moments are in UTC (ISO 8601)',
    'recordings/   recordings of calls, named by the id of the call',
    '',
    'Sections of data.json; each is a list:',
    ...sections,
    '  doNotCall: That you do not wish to be called, where that was noted.',
    '  noSms: That you wish no SMS about daily calls, where that was noted.',
    '',
  ].join('\n');
}
