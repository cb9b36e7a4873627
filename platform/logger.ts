import pino, { type DestinationStream, type Logger } from 'pino';
import { currentTraceId } from './trace.ts';

export type { Logger };

/** Paths that never reach a log line, whoever logs them. */
const redacted = [
  'authorization',
  'apiKey',
  'password',
  'secret',
  'token',
  'phone',
  'email',
  'name',
  'transcript',
  'body',
];

/** JSON lines on stdout; `serviceName` tells the processes of one deployment apart. */
export function createLogger(serviceName: string, level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { service: serviceName },
    redact: { paths: redacted.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
    mixin: () => {
      const traceId = currentTraceId();
      return traceId ? { traceId } : {};
    },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return destination ? pino(options, destination) : pino(options);
}
