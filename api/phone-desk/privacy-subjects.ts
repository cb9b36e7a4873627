import type { Db } from '../../db/connect.ts';
import { findSubject, type Subject } from '../../db/privacy/subjects.ts';
import type { SubjectKind } from '../../db/tables/privacy.ts';
import { conflict, notFound } from '../http-problem.ts';
import type { Caller } from '../middleware/authenticate.ts';

/** Whom people ask about: records that lead to a person, and where they are. */
export const subjectPaths = [
  { kind: 'customer', path: '/api/customers/{id}', what: 'customer' },
  { kind: 'call-user', path: '/api/call-users/{id}', what: 'user' },
] as const satisfies { kind: SubjectKind; path: string; what: string }[];

/** The record, of the caller's company; 404 otherwise. */
export async function subjectOf(db: Db, caller: Caller, kind: SubjectKind, id: string): Promise<Subject> {
  const subject = await findSubject(db, kind, caller.companyId, id);
  if (!subject) throw notFound(kind === 'customer' ? 'customer' : 'user');
  return subject;
}

/** 409: nothing is noted of a person who is being erased, or was. */
export const erased = () =>
  conflict('already-erased', 'The person was erased; nothing is noted of them any more.');
