import { listCallDays } from '../../../db/daily-calls/days-read.ts';
import { type CallUserView, findCallUser, listCallUsers } from '../../../db/daily-calls/users-read.ts';
import { readScope, writeScope } from '../../company-scope.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { companyQuery, idParams } from '../../fields.ts';
import { notFound } from '../../http-problem.ts';
import { pageRequest, presentPage } from '../../paging.ts';
import { callDayPageSchema, userDaysQuery } from '../days/schema.ts';
import { changeUser, createUser, deleteUser } from './change-user.ts';
import { localMoment } from './local-moment.ts';
import { callUserChange, callUserPageSchema, callUserSchema, callUsersQuery, newCallUser } from './schema.ts';

function present({ nextCallDate: _, ...user }: CallUserView) {
  const { nextCallAt, timeZone } = user;
  return { ...user, nextCallLocal: nextCallAt && localMoment(nextCallAt, timeZone) };
}

export function callUserEndpoints(deps: ApiDeps): Endpoint[] {
  const { db, vault } = deps;
  const tag = 'Daily calls: users';
  const read = async (companyId: string | null, id: string) => {
    const user = await findCallUser(db, vault, companyId, id);
    if (!user) throw notFound('user');
    return present(user);
  };
  return [
    endpoint({
      method: 'post',
      path: '/api/call-users',
      tag,
      summary: 'Make a user; the next call is planned at once',
      query: companyQuery,
      body: newCallUser,
      success: { status: 201, description: 'The user.', schema: callUserSchema },
      problems: [409, 422],
      async handle({ query, body, caller, context }) {
        const company = await writeScope(db, caller, query.company);
        const id = await createUser(deps, company, body, { caller, context });
        return { body: await read(company.id, id), headers: { location: `/api/call-users/${id}` } };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/call-users',
      tag,
      summary: 'Users, newest first',
      query: callUsersQuery,
      success: { status: 200, description: 'A page of users.', schema: callUserPageSchema },
      async handle({ query, caller }) {
        const companyId = await readScope(db, caller, query.company);
        const { items, next } = await listCallUsers(db, vault, { ...query, companyId }, pageRequest(query));
        return { body: presentPage({ items: items.map(present), next }) };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/call-users/{id}',
      tag,
      summary: 'One user, also a deleted one',
      params: idParams,
      success: { status: 200, description: 'The user.', schema: callUserSchema },
      problems: [404],
      async handle({ params, caller }) {
        return { body: await read(caller.companyId, params.id) };
      },
    }),
    endpoint({
      method: 'patch',
      path: '/api/call-users/{id}',
      tag,
      summary: 'Change a user; the plan and a day under way follow at once',
      params: idParams,
      body: callUserChange,
      success: { status: 200, description: 'The user as changed.', schema: callUserSchema },
      problems: [404, 409, 422],
      async handle({ params, body, caller, context }) {
        await changeUser(deps, params.id, body, { caller, context });
        return { body: await read(caller.companyId, params.id) };
      },
    }),
    endpoint({
      method: 'delete',
      path: '/api/call-users/{id}',
      tag,
      summary: 'Take a user out of the calls; a day under way is stopped',
      params: idParams,
      success: { status: 200, description: 'The user, deleted.', schema: callUserSchema },
      problems: [404],
      async handle({ params, caller, context }) {
        await deleteUser(deps, params.id, { caller, context });
        return { body: await read(caller.companyId, params.id) };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/call-users/{id}/days',
      tag,
      summary: "A user's local days with their attempts, newest first",
      params: idParams,
      query: userDaysQuery,
      success: { status: 200, description: 'A page of days.', schema: callDayPageSchema },
      problems: [404],
      async handle({ params, query, caller }) {
        await read(caller.companyId, params.id);
        const filter = { ...query, userId: params.id, companyId: caller.companyId };
        return { body: presentPage(await listCallDays(db, filter, pageRequest(query))) };
      },
    }),
  ];
}
