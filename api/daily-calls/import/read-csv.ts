import { CsvError, type InfoRecord, parse } from 'csv-parse';
import { HttpProblem, invalidRequest } from '../../http-problem.ts';
import { problem } from '../../problem.ts';
import { settingNames } from '../users/schema.ts';

export const MAX_ROWS = 20_000;

/** A row with its cells by field; `line` is where it begins in the file, the header being 1. */
export interface CsvRow {
  line: number;
  cells: Record<string, string>;
  /** Cells, when there are not as many as columns. */
  misfit: number | null;
}

/** The columns that a file may have, as in the API's fields. */
export const csvColumns: readonly string[] = settingNames;

/**
 * Reads a file with a header row; commas, semicolons and tabs are understood. Where quotes are broken nobody knows
 * where rows begin: such a file is refused as a whole, with the line.
 */
export async function readCsv(text: string): Promise<{ columns: string[]; rows: CsvRow[] }> {
  let columns: string[] | null = null;
  const rows: CsvRow[] = [];
  const parser = parse(text, {
    bom: true,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
    delimiter: delimiterOf(text),
    info: true,
    raw: true,
  });
  try {
    for await (const each of parser) {
      const { record, info, raw } = each as { record: string[]; info: InfoRecord; raw: string };
      if (!columns) columns = readHeader(record);
      else if (rows.length === MAX_ROWS) throw tooManyRows();
      else rows.push(toRow(columns, record, info.lines - newlines(raw.trim())));
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const message = `Nothing was imported: the quotes are broken at or before line ${Number(error.lines)}.`;
    throw new HttpProblem(problem(422, 'broken-csv', message, [{ path: '', message }]));
  }
  if (!columns) throw invalidRequest([{ path: '', message: 'send a CSV file with a header row' }]);
  return { columns, rows };
}

const tooManyRows = () =>
  new HttpProblem(
    problem(413, 'too-many-rows', `The file has more than ${MAX_ROWS} rows. Send it in parts.`),
  );

/** Whichever stands in the header most often; field names hold none of them. */
function delimiterOf(text: string): string {
  const header =
    text
      .slice(0, 5_000)
      .trimStart()
      .split(/[\r\n]/, 1)[0] ?? '';
  const count = (delimiter: string) => header.split(delimiter).length;
  return [',', ';', '\t'].reduce((best, each) => (count(each) > count(best) ? each : best));
}

const newlines = (raw: string) => raw.split('\n').length - 1;

/** `external_id` and `externalId` are the same column. */
const fieldOf = (name: string) =>
  name.toLowerCase() === name
    ? name.replace(/[_ ]+(\w)/g, (_, letter: string) => letter.toUpperCase())
    : name;

function readHeader(record: string[]): string[] {
  const columns = record.map(fieldOf);
  const errors = columns.flatMap((column, index) => {
    const path = record[index] || `column ${index + 1}`;
    if (!csvColumns.includes(column)) return [{ path, message: 'is not a known column' }];
    return columns.indexOf(column) < index ? [{ path, message: 'stands there twice' }] : [];
  });
  if (!columns.includes('externalId')) errors.push({ path: 'external_id', message: 'is a required column' });
  if (errors.length > 0) throw invalidRequest(errors);
  return columns;
}

function toRow(columns: string[], record: string[], line: number): CsvRow {
  const cells = Object.fromEntries(columns.map((column, index) => [column, record[index] ?? '']));
  return { line, cells, misfit: record.length === columns.length ? null : record.length };
}
