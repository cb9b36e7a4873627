import type { VendorFailure } from '../../shared/failures.ts';
import { isBadMailbox } from './mailbox-status.ts';

/** What nodemailer puts on its errors, and `dataStarted` of our client. */
interface SmtpError extends Error {
  code?: string;
  command?: string;
  responseCode?: number;
  /** True for a 5xx reply, except 503 (out of step). */
  permanent?: boolean;
  timeoutType?: string;
  /** The server's reply. */
  response?: string;
  dataStarted?: boolean;
}

/** Failures of our side of the connection: names, certificates, credentials, settings. */
const OPERATOR = new Set(['EAUTH', 'ENOAUTH', 'EOAUTH2', 'ETLS', 'EREQUIRETLS', 'ECONFIG', 'EPROXY']);
/** The mail itself is the reason, so it would fail at any server. */
const UNSENDABLE = new Set([
  'EENVELOPE',
  'EMESSAGE',
  'EMAXRECIPIENTS',
  'EFILEACCESS',
  'EURLACCESS',
  'EFETCH',
  'ESTREAM',
]);
/** Replies to `RCPT TO` by which a server says that it has no such mailbox. */
const NO_SUCH_MAILBOX = new Set([550, 551, 553]);
/** Steps before there is a mail to judge: a refusal is about us. */
const HANDSHAKE = new Set(['CONN', 'EHLO', 'HELO', 'LHLO', 'STARTTLS']);

/**
 * What an error of the mailer means. A reply of the server is certain either way; a connection that broke
 * after the mail's body began to flow is not. The message repeats no address and no reply text.
 */
export function classifySmtpError(error: unknown): VendorFailure {
  if (!(error instanceof Error)) return unknownOutcome('no-reply');
  if (error.name === 'InvalidMailError') {
    return { kind: 'rejected', code: 'invalid-mail', message: `Mail cannot be sent: ${error.message}` };
  }
  const { code = error.name, responseCode, dataStarted = true }: SmtpError = error;
  if (responseCode) return classifyReply(error, code, responseCode);
  if (OPERATOR.has(code)) {
    return { kind: 'unauthorized', code, message: `SMTP connection could not be set up (${code})` };
  }
  if (UNSENDABLE.has(code)) return { kind: 'rejected', code, message: `Mail cannot be sent (${code})` };
  if (!dataStarted) {
    return {
      kind: 'unavailable',
      code,
      message: `SMTP connection failed before the mail was sent (${code})`,
    };
  }
  return unknownOutcome(code);
}

function unknownOutcome(code: string): VendorFailure {
  return {
    kind: 'unknown-outcome',
    code,
    message: `SMTP connection ended after the mail was sent (${code})`,
  };
}

function classifyReply(error: SmtpError, code: string, status: number): VendorFailure {
  const { command = '', permanent, response = '' } = error;
  const shared = { code: `${code}-${status}`, message: `SMTP server answered ${status} (${code})`, status };
  if (!permanent) return { kind: 'unavailable', ...shared };
  const aboutUs = OPERATOR.has(code) || HANDSHAKE.has(command) || status === 530 || status === 535;
  if (aboutUs) return { kind: 'unauthorized', ...shared };
  const enhanced = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1];
  const badAddress = code === 'EENVELOPE' && NO_SUCH_MAILBOX.has(status) && isBadMailbox(enhanced);
  return {
    kind: 'rejected',
    ...shared,
    code: enhanced ? `${shared.code}-${enhanced}` : shared.code,
    ...(badAddress && { recipient: 'bad-address' as const }),
  };
}
