import express, { type Request, type Response, Router } from 'express';
import { blockChannel, isBlocked, unblockChannel } from '../../db/phone-desk/notification/channel-blocks.ts';
import { createMessageLinks } from '../../platform/message-links.ts';
import type { ApiDeps } from '../deps.ts';
import { pagePolicy } from '../html-page.ts';
import { type PageState, unknownLinkPage, unsubscribePage } from './page.ts';

const BODY_LIMIT = '2kb';
export const UNSUBSCRIBE_PATH = '/unsubscribe/:token';

/**
 * Where a customer ends reminders by mail: the token in the link is the proof, nobody logs in. Looking changes nothing
 * (mail programs open links by themselves); a POST acts, that of the page's button as well as the one-click POST of a
 * mail program (RFC 8058).
 */
export function unsubscribeRoutes({ db, vault, env }: Pick<ApiDeps, 'db' | 'vault' | 'env'>): Router {
  const router = Router();
  const links = createMessageLinks(env, vault);

  async function whose(token: unknown) {
    const customerId = links.readUnsubscribe(String(token));
    if (customerId === null) return undefined;
    return db
      .selectFrom('customers')
      .innerJoin('companies', 'companies.id', 'customers.company_id')
      .where('customers.id', '=', customerId)
      .select(['customers.id', 'customers.locale', 'companies.name as company'])
      .select(isBlocked('email', 'no-reminders').as('stopped'))
      .executeTakeFirst();
  }

  function show(response: Response, status: number, html: string): void {
    response
      .status(status)
      .set({ 'content-security-policy': pagePolicy, 'cache-control': 'no-store', 'x-robots-tag': 'noindex' })
      .type('html')
      .send(html);
  }

  const noSuchLink = (request: Request, response: Response) =>
    show(response, 404, unknownLinkPage(request.headers['accept-language']));

  router.use(UNSUBSCRIBE_PATH, (_request, response, next) => {
    response.locals.route = '/unsubscribe/{token}';
    next();
  });
  router.get(UNSUBSCRIBE_PATH, async (request, response) => {
    const customer = await whose(request.params.token);
    if (!customer) return noSuchLink(request, response);
    show(
      response,
      200,
      unsubscribePage(customer.locale, customer.company, customer.stopped ? 'stopped' : 'ask'),
    );
  });
  router.post(
    UNSUBSCRIBE_PATH,
    express.urlencoded({ extended: false, limit: BODY_LIMIT }),
    async (request, response) => {
      const customer = await whose(request.params.token);
      if (!customer) return noSuchLink(request, response);
      const state: PageState = request.body?.action === 'resume' ? 'resumed' : 'stopped';
      if (state === 'resumed') await unblockChannel(db, [customer.id], 'email', ['no-reminders']);
      else {
        const block = { channel: 'email', reason: 'no-reminders', source: 'link', code: null } as const;
        await blockChannel(db, [customer.id], block);
      }
      show(response, 200, unsubscribePage(customer.locale, customer.company, state));
    },
  );
  return router;
}
