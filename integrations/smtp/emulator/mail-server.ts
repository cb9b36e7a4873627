import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import type { EmulatorKit, FaultPlan } from '../../../shared/emulator.ts';
import { readHeader, type StoredMail } from './stored-mail.ts';

/** How the server answers `RCPT TO` for an address, and who may log in; set by the seed. */
export interface RecipientRule {
  /** 4xx or 5xx. */
  status: number;
  reply: string;
}

const MAX_MAIL_BYTES = 25 * 1024 * 1024;
const CLOSE_TIMEOUT_MS = 300;

/** Ends the SMTP command with this reply. */
class Reply extends Error {
  readonly responseCode: number;

  constructor(responseCode: number, message: string) {
    super(message);
    this.responseCode = responseCode;
  }
}

function faultReply({ status = 451, body }: FaultPlan): Reply {
  const code = status >= 400 && status <= 599 ? status : 451;
  const text = typeof body === 'string' ? body : code < 500 ? '4.3.0 Try again later' : '5.7.1 Refused';
  return new Reply(code, text);
}

/** Writes the mail and its ledger row as one step. */
function keepMail(kit: EmulatorKit, { envelope }: SMTPServerSession, content: Buffer): StoredMail {
  const source = content.toString('latin1');
  const mail: StoredMail = {
    id: kit.nextId('mail_'),
    receivedAt: new Date().toISOString(),
    from: envelope.mailFrom ? envelope.mailFrom.address : '',
    to: envelope.rcptTo.map(({ address }) => address),
    messageId: readHeader(source, 'Message-ID'),
    sizeBytes: content.length,
    source,
  };
  const { from, to, sizeBytes, messageId: key } = mail;
  kit.record({ operation: 'mail.deliver', key, request: { from, to, sizeBytes } }, 250, { id: mail.id }, () =>
    kit.collection<StoredMail>('mails').put(mail.id, mail),
  );
  return mail;
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/**
 * An SMTP server that keeps every mail. Faults: operation `mail.rcpt` hits `RCPT TO`, `mail.deliver` the end of
 * `DATA`; `before` cuts the connection with nothing kept, `executed-then-drop` after keeping the mail.
 */
export function createMailServer(kit: EmulatorKit) {
  const server = new SMTPServer({
    banner: 'Switchboard mail emulator',
    logger: false,
    disableReverseLookup: true,
    hideSTARTTLS: true,
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    allowInsecureAuth: true,
    size: MAX_MAIL_BYTES,
    rejectOversized: true,
    closeTimeout: CLOSE_TIMEOUT_MS,
    onAuth({ username = '', password }, _session, callback) {
      const known = kit.collection<string>('users').get(username);
      if (known !== undefined && known === password) callback(null, { user: username });
      else callback(new Reply(535, '5.7.8 Authentication credentials invalid'));
    },
    onRcptTo({ address }, session, callback) {
      void answer(session, callback, () => checkRecipient(session, address));
    },
    onData(stream, session, callback) {
      void answer(session, callback, async () => {
        const content = await readAll(stream);
        // The server answers an oversized mail by itself.
        return stream.sizeExceeded ? null : deliver(session, content);
      });
    },
  });
  // A client that vanishes is part of the job.
  server.on('error', () => {});

  /** Cuts the connection; the session's command stays without a reply. */
  const drop = (session: SMTPServerSession): 'dropped' => {
    const connection = [...server.connections].find(({ id }) => id === session.id);
    connection?._socket.destroy();
    return 'dropped';
  };

  async function answer(
    session: SMTPServerSession,
    callback: (error?: Error | null, message?: string) => void,
    work: () => Promise<string | null | 'dropped'>,
  ): Promise<void> {
    try {
      const reply = await work();
      if (reply === 'dropped') return;
      if (reply === null) callback();
      else callback(null, reply);
    } catch (error) {
      callback(error instanceof Error ? error : new Reply(451, `4.3.0 Session ${session.id} failed`));
    }
  }

  async function checkRecipient(session: SMTPServerSession, address: string) {
    const fault = kit.fault('mail.rcpt');
    if (fault?.mode === 'before' || fault?.mode === 'executed-then-drop') return drop(session);
    if (fault?.mode === 'status') throw faultReply(fault);
    if (fault?.mode === 'delay') await sleep(fault.delayMs);
    const rule = kit.collection<RecipientRule>('recipients').get(address.toLowerCase());
    if (rule) throw new Reply(rule.status, rule.reply);
    return null;
  }

  async function deliver(session: SMTPServerSession, content: Buffer) {
    const fault = kit.fault('mail.deliver');
    if (fault?.mode === 'before') return drop(session);
    if (fault?.mode === 'status') throw faultReply(fault);
    const { id } = keepMail(kit, session, content);
    if (fault?.mode === 'executed-then-drop') return drop(session);
    if (fault?.mode === 'delay') await sleep(fault.delayMs);
    return `2.0.0 Ok: queued as ${id}`;
  }

  return {
    /** Resolves to the port: the given one, or a free one for 0. */
    async listen(port: number): Promise<number> {
      const listening = server.listen(port, '127.0.0.1');
      await once(listening, 'listening');
      return (listening.address() as AddressInfo).port;
    },
    close: () => new Promise<void>((resolve) => server.close(resolve)),
  };
}
