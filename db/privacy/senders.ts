import type { Vault } from '../../platform/vault.ts';
import { inboundSender } from '../../shared/ids.ts';

/** Under what texts from a number (E.164) are kept, so that they are found without the number. */
export const senderOf = (vault: Pick<Vault, 'blindIndex'>, phoneE164: string): string =>
  inboundSender(vault.blindIndex('inbound-sender', phoneE164).toString('hex'));
