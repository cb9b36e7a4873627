import { findFailure } from '../../../shared/failures.ts';
import type { ApiDeps } from '../../deps.ts';
import type { FieldProblem } from '../../problem.ts';

/** Subscribes to a company's calendar; what keeps it from being done is told, and nothing else waits for it. */
export async function trySubscribe(
  { calendarWebhooks }: Pick<ApiDeps, 'calendarWebhooks'>,
  { companyId, slug }: { companyId: string; slug: string },
): Promise<FieldProblem[]> {
  try {
    await calendarWebhooks.subscribe(companyId);
    return [];
  } catch (error) {
    const failed = findFailure(error);
    if (!failed) throw error;
    const message = `Cal.com does not post changes yet (${failed.message}); POST /api/companies/${slug}/calendar-webhook tries again`;
    return [{ path: 'calendarWebhook', message }];
  }
}
