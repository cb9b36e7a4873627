import type { RequestHandler } from 'express';
import type { Logger } from '../../platform/logger.ts';
import type { HttpMetrics } from '../service/metrics.ts';
import { contextOf } from './request-context.ts';

/**
 * One line and one measurement per request, by route pattern: neither paths nor queries nor bodies, which
 * may hold personal data.
 */
export function requestLog(log: Logger, metrics: HttpMetrics): RequestHandler {
  return (request, response, next) => {
    const startedAt = process.hrtime.bigint();
    response.once('close', () => {
      const durationMs = Number(process.hrtime.bigint() - startedAt) / 1e6;
      const route = (response.locals.route as string | undefined) ?? 'unmatched';
      const { requestId, traceParent } = contextOf(response);
      const status = response.writableFinished ? response.statusCode : 499;
      metrics.observe(request.method, route, status, durationMs);
      log.info(
        {
          requestId,
          traceId: traceParent.slice(3, 35),
          method: request.method,
          route,
          status,
          durationMs: Math.round(durationMs * 10) / 10,
          keyId: response.locals.caller?.keyId,
        },
        'request',
      );
    });
    next();
  };
}
