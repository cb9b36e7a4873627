import { pingCallKaro } from '../integrations/callkaro/ping.ts';
import { VendorError } from '../integrations/http.ts';
import { classifyModelError, type ModelClient } from '../integrations/openai/client.ts';
import type { RetellClient } from '../integrations/retell/client.ts';
import { classifySmtpError, type Mailer } from '../integrations/smtp/client.ts';
import { classifyStripeError } from '../integrations/stripe/classify-error.ts';
import type { StripeClient } from '../integrations/stripe/client.ts';
import { classifyTwilioError, type TwilioClient } from '../integrations/twilio/client.ts';
import { pingVapi } from '../integrations/vapi/ping.ts';
import type { VendorFailure } from '../shared/failures.ts';
import type { Env } from './env.ts';

/** A question to a vendor with our own account: cheap, and without a trace there. */
export interface VendorCheck {
  vendor: string;
  ask(): Promise<unknown>;
  failure(error: unknown): VendorFailure;
}

const PING_TIMEOUT_MS = 4_000;

const ownFailure = (error: unknown): VendorFailure => {
  if (error instanceof VendorError) return error.failure;
  throw error;
};

/** One for every vendor that is configured. Cal.com is asked with the companies' keys, not here. */
export function createVendorChecks(
  env: Env,
  {
    retell,
    sms,
    model,
    mailer,
    stripe,
  }: { retell: RetellClient; sms: TwilioClient; model: ModelClient; mailer: Mailer; stripe: StripeClient },
): VendorCheck[] {
  const timeoutMs = PING_TIMEOUT_MS;
  const { CALLKARO_API_KEY, VAPI_API_KEY, VAPI_PHONE_NUMBER_ID } = env;
  const checks: VendorCheck[] = [
    { vendor: 'retell', ask: () => retell.ping(), failure: ownFailure },
    { vendor: 'twilio', ask: () => sms.ping(), failure: classifyTwilioError },
    { vendor: 'llm', ask: () => model.ping(timeoutMs), failure: classifyModelError },
    { vendor: 'stripe', ask: () => stripe.ping(), failure: classifyStripeError },
    { vendor: 'smtp', ask: () => mailer.verify(), failure: classifySmtpError },
  ];
  if (CALLKARO_API_KEY) {
    const ask = () => pingCallKaro({ baseUrl: env.CALLKARO_BASE_URL, timeoutMs });
    checks.push({ vendor: 'callkaro', ask, failure: ownFailure });
  }
  if (VAPI_API_KEY && VAPI_PHONE_NUMBER_ID) {
    const ask = () => pingVapi({ baseUrl: env.VAPI_BASE_URL, apiKey: VAPI_API_KEY, timeoutMs });
    checks.push({ vendor: 'vapi', ask, failure: ownFailure });
  }
  return checks;
}
