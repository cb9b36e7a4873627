import { findCustomer, listCustomers } from '../../../db/phone-desk/customers.ts';
import { readScope } from '../../company-scope.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { idParams } from '../../fields.ts';
import { notFound } from '../../http-problem.ts';
import { pageRequest, presentPage } from '../../paging.ts';
import { customerPageSchema, customerSchema, customersQuery } from './schema.ts';

export function customerEndpoints({ db, vault }: Pick<ApiDeps, 'db' | 'vault'>): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/customers',
      tag: 'Customers',
      summary: 'Customers, newest first',
      query: customersQuery,
      success: { status: 200, description: 'A page of customers.', schema: customerPageSchema },
      async handle({ query, caller }) {
        const companyId = await readScope(db, caller, query.company);
        const page = await listCustomers(db, vault, { ...query, companyId }, pageRequest(query));
        return { body: presentPage(page) };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/customers/{id}',
      tag: 'Customers',
      summary: 'One customer',
      params: idParams,
      success: { status: 200, description: 'The customer.', schema: customerSchema },
      problems: [404],
      async handle({ params, caller }) {
        const customer = await findCustomer(db, vault, caller.companyId, params.id);
        if (!customer) throw notFound('customer');
        return { body: customer };
      },
    }),
  ];
}
