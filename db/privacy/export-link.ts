import { randomInt, timingSafeEqual } from 'node:crypto';
import type { Vault } from '../../platform/vault.ts';

type Hasher = Pick<Vault, 'blindIndex'>;

/** Letters and digits that are not taken for each other. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const LENGTH = 8;

/** A code as it is told and typed: two groups of four. Five tries find one in 10^11. */
export function newCode(): string {
  const letters = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return `${letters.slice(0, LENGTH / 2)}-${letters.slice(LENGTH / 2)}`;
}

/** What is kept of a code; how it is typed does not matter. */
export const codeHash = (vault: Hasher, exportId: string, code: string): Buffer =>
  vault.blindIndex('export-code', `${exportId} ${code.toUpperCase().replace(/[^0-9A-Z]/g, '')}`);

const macOf = (vault: Hasher, exportId: string) => vault.blindIndex('export-link', exportId);

/** Where the person fetches the copy: an address that nobody can make up. */
export const exportLink = (vault: Hasher, publicUrl: string, exportId: string): string =>
  `${publicUrl.replace(/\/+$/, '')}/api/export-links/${exportId}.${macOf(vault, exportId).toString('base64url')}`;

/** The request behind an address; null: it was not ours. */
export function openExportLink(vault: Hasher, token: string): string | null {
  const [exportId = '', given = '', ...more] = token.split('.');
  const mac = macOf(vault, exportId);
  const digest = Buffer.from(given, 'base64url');
  const ours = more.length === 0 && digest.length === mac.length && timingSafeEqual(digest, mac);
  return ours ? exportId : null;
}
