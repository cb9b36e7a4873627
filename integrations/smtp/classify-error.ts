import type { VendorFailure } from '../../shared/failures.ts';

/** What nodemailer puts on its errors, and `dataStarted` of our client. */
interface SmtpError extends Error {
  code?: string;
  command?: string;
  responseCode?: number;
  /** True for a 5xx reply, except 503 (out of step). */
  permanent?: boolean;
  timeoutType?: string;
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

function classifyReply({ command = '', permanent }: SmtpError, code: string, status: number): VendorFailure {
  const shared = { code: `${code}-${status}`, message: `SMTP server answered ${status} (${code})`, status };
  if (!permanent) return { kind: 'unavailable', ...shared };
  const aboutUs = OPERATOR.has(code) || HANDSHAKE.has(command) || status === 530 || status === 535;
  return { kind: aboutUs ? 'unauthorized' : 'rejected', ...shared };
}
