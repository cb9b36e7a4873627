import { apiKeyOf, createApiKey } from '../../../db/api-keys.ts';
import { recordAudit } from '../../../db/audit.ts';
import { findIdempotentAnswer, type IdempotentAnswer, takeIdempotencyKey } from '../../../db/idempotency.ts';
import { insertCompany } from '../../../db/new-company.ts';
import type { ApiDeps } from '../../deps.ts';
import { HttpProblem, invalidRequest } from '../../http-problem.ts';
import type { Caller } from '../../middleware/authenticate.ts';
import type { RequestContext } from '../../middleware/request-context.ts';
import { type FieldProblem, problem } from '../../problem.ts';
import { checkCompany, takenProblems, toNewCompany } from './check-company.ts';
import type { NewCompanyBody } from './schema.ts';

export interface Order {
  body: NewCompanyBody;
  idempotencyKey: string;
  caller: Caller;
  context: RequestContext;
}

export interface Onboarded {
  companyId: string;
  slug: string;
  apiKey: string;
  warnings: FieldProblem[];
}

interface Stored {
  companyId: string;
  slug: string;
  warnings: FieldProblem[];
}

/**
 * Makes a company once per idempotency key: checked, then written in one transaction. An earlier answer is looked up
 * before the checks: what was made stays made, whatever Cal.com says today.
 */
export async function onboard(deps: ApiDeps, order: Order): Promise<Onboarded> {
  const { db, vault } = deps;
  const { body, idempotencyKey, caller, context } = order;
  // A keyed hash: the body holds secrets.
  const requestHash = vault.blindIndex('idempotency', JSON.stringify(body));
  /** The same key for a repeated request, without a place where it is kept. */
  const secretOf = (companyId: string) =>
    vault.blindIndex('first-api-key', `${companyId}\0${idempotencyKey}`);
  const answer = (stored: Stored): Onboarded => ({
    ...stored,
    apiKey: apiKeyOf(secretOf(stored.companyId)),
  });

  const earlier = async (): Promise<Onboarded | null> => {
    const found = await findIdempotentAnswer(db, null, idempotencyKey);
    return found ? answer(sameAnswer(found, requestHash)) : null;
  };

  const before = await earlier();
  if (before) return before;
  const checked = await checkCompany(deps, body).catch(async (refusal: unknown) => {
    // The same request beside this one may have made what now stands in the way.
    const beside = await earlier();
    if (beside) return beside;
    throw refusal;
  });
  if (!Array.isArray(checked)) return checked;
  const warnings = checked;
  const company = toNewCompany(body);
  const made = await db
    .transaction()
    .execute(async (trx): Promise<Stored | null> => {
      const companyId = await insertCompany(trx, vault, company);
      if (!companyId) return null;
      const stored: Stored = { companyId, slug: body.slug, warnings };
      const taken = await takeIdempotencyKey(trx, null, idempotencyKey, {
        requestHash,
        response: { ...stored },
      });
      if (!taken) throw new KeyTaken();
      const name = `${body.name}, first key`;
      await createApiKey(trx, { companyId, name, secret: secretOf(companyId) });
      await recordAudit(trx, {
        actor: caller.name,
        action: 'company.create',
        entity: `company/${companyId}`,
        requestId: context.requestId,
        detail: {
          slug: body.slug,
          lines: body.lines.length,
          staff: body.staff.length,
          services: body.services.length,
        },
      });
      return stored;
    })
    .catch((error: unknown) => {
      if (error instanceof KeyTaken || isUniqueViolation(error)) return null;
      throw error;
    });
  if (made) return answer(made);

  // Somebody was faster since the checks: the same request, or another company with the same slug or line.
  const other = await earlier();
  if (other) return other;
  throw invalidRequest(await takenProblems(db, body));
}

/** Rolls the transaction back. */
class KeyTaken extends Error {
  override readonly name = 'KeyTaken';
}

const isUniqueViolation = (error: unknown) => (error as { code?: string }).code === '23505';

function sameAnswer({ requestHash, response }: IdempotentAnswer, hash: Buffer): Stored {
  if (requestHash.equals(hash)) return response as unknown as Stored;
  throw new HttpProblem(
    problem(422, 'idempotency-key-reused', 'This Idempotency-Key was used for a request with another body.', [
      { path: 'idempotency-key', message: 'was used before' },
    ]),
  );
}
