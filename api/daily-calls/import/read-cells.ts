import { fieldProblems } from '../../http-problem.ts';
import type { FieldProblem } from '../../problem.ts';
import { type CallUserChange, callUserChange } from '../users/schema.ts';

const flags: Record<string, boolean> = {
  ...{ true: true, yes: true, '1': true },
  ...{ false: false, no: false, '0': false },
};

/** What cannot be read stays text, so that the check of the field says so. */
const readFlag = (cell: string) => flags[cell.toLowerCase()] ?? cell;
const readNumber = (cell: string) => (/^-?\d+(\.\d+)?$/.test(cell) ? Number(cell) : cell);
const readList = (cell: string) => cell.split(/[\s,;|]+/).filter(Boolean);

/** `no-answer=20 busy=null`. */
function readDelays(cell: string): Record<string, unknown> {
  const pairs = readList(cell).map((pair) => pair.split(/[=:]/, 2) as [string, string?]);
  return Object.fromEntries(
    pairs.map(([outcome, delay = '']) => [outcome, delay === 'null' ? null : readNumber(delay)]),
  );
}

const readers: Record<string, (cell: string) => unknown> = {
  consent: readFlag,
  callEnabled: readFlag,
  paused: readFlag,
  maxAttempts: readNumber,
  weekdays: (cell) => readList(cell).map(readNumber),
  notifyChannels: readList,
  retryDelays: readDelays,
};

/** The change that a row's cells ask for. An empty cell asks for nothing; `null` empties a field. */
export function readCells(
  cells: Record<string, string>,
): { change: CallUserChange } | { problems: FieldProblem[] } {
  const given = Object.entries(cells).filter(([, cell]) => cell !== '');
  const parsed = callUserChange.safeParse(
    Object.fromEntries(
      given.map(([field, cell]) => [field, cell === 'null' ? null : (readers[field]?.(cell) ?? cell)]),
    ),
  );
  return parsed.success ? { change: parsed.data } : { problems: fieldProblems(parsed.error) };
}
