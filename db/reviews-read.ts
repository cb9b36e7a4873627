import type { Kysely } from 'kysely';
import { type CreatedRange, listPage, type Page, type PageRequest } from './page.ts';
import type { Database } from './tables/database.ts';

export type ReviewStatus = 'open' | 'answered' | 'expired';

export interface ReviewFilter extends CreatedRange {
  /** null: every company, and what belongs to none. */
  companyId: string | null;
  status?: ReviewStatus | undefined;
  kind?: string | undefined;
}

function reviewsOfCompanies(db: Kysely<Database>) {
  return db
    .selectFrom('reviews')
    .leftJoin('companies', 'companies.id', 'reviews.company_id')
    .select([
      'reviews.id',
      'companies.slug as company',
      'reviews.kind',
      'reviews.entity',
      'reviews.workflow_id as workflowId',
      'reviews.question',
      'reviews.status',
      'reviews.answer',
      'reviews.answered_by as answeredBy',
      'reviews.created_at as createdAt',
      'reviews.answered_at as answeredAt',
      'reviews.due_at as dueAt',
    ]);
}

export type ReviewView = Awaited<
  ReturnType<ReturnType<typeof reviewsOfCompanies>['executeTakeFirstOrThrow']>
>;

/** Questions to people, newest first. */
export async function listReviews(
  db: Kysely<Database>,
  filter: ReviewFilter,
  page: PageRequest,
): Promise<Page<ReviewView>> {
  const matching = reviewsOfCompanies(db).where((eb) =>
    eb.and({
      ...(filter.companyId === null ? {} : { 'reviews.company_id': filter.companyId }),
      ...(filter.status ? { 'reviews.status': filter.status } : {}),
      ...(filter.kind ? { 'reviews.kind': filter.kind } : {}),
    }),
  );
  return listPage(matching, 'reviews', filter, page);
}

/** One question; undefined outside `companyId` (null: any). */
export function findReview(db: Kysely<Database>, companyId: string | null, id: string) {
  return reviewsOfCompanies(db)
    .select('reviews.company_id as companyId')
    .where('reviews.id', '=', id)
    .$if(companyId !== null, (query) => query.where('reviews.company_id', '=', companyId as string))
    .executeTakeFirst();
}
