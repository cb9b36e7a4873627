import { styleText } from 'node:util';
import { prettyFactory } from 'pino-pretty';

/** One readable log for all parts: each line carries the part's name, in its colour on a terminal. */
export interface Log {
  line(part: string, text: string): void;
  /** A line of the supervisor itself. */
  say(text: string): void;
}

const COLOURS = ['cyan', 'magenta', 'yellow', 'green', 'blue', 'red'] as const;
const NAME_WIDTH = 9;

type Sink = { write(text: string): unknown; hasColors?: () => boolean };

/** Log on a stream. Colours only on a terminal that wants them (`hasColors` honours NO_COLOR). */
export function createLog(sink: Sink = process.stdout): Log {
  const coloured = sink.hasColors?.() ?? false;
  const pretty = prettyFactory({ colorize: coloured, singleLine: true, ignore: 'pid,hostname' });
  const parts: string[] = [];

  function prefix(part: string): string {
    if (!parts.includes(part)) parts.push(part);
    const name = `${part.padEnd(NAME_WIDTH)} │ `;
    return coloured ? styleText(COLOURS[parts.indexOf(part) % COLOURS.length] ?? 'cyan', name) : name;
  }

  const log: Log = {
    line(part, text) {
      const readable = text.startsWith('{"level"') ? pretty(text).trimEnd() : text;
      sink.write(`${prefix(part)}${readable}\n`);
    },
    say(text) {
      for (const line of text.split('\n')) log.line('stack', line);
    },
  };
  return log;
}

/** Keeps quiet; used where only the outcome matters. */
export const silentLog: Log = { line: () => {}, say: () => {} };
