import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Vault } from '../vault.ts';

/** What a link leads to. */
export interface LinkedFile {
  key: string;
  /** Under which name it is saved; ASCII, without personal data. */
  filename: string;
  contentType: string;
}

/** `expired` is told only of a link that was ours. */
export type OpenedLink = { ok: true; file: LinkedFile } | { ok: false; reason: 'unknown' | 'expired' };

const PURPOSE = 'file-link';

const linkSchema = z.tuple([z.string(), z.string(), z.string(), z.number().int()]);

/** Makes a link's token: what it leads to and until when, with a keyed hash over both. Nothing is stored. */
export function signLink(vault: Pick<Vault, 'blindIndex'>, file: LinkedFile, expiresAt: Date): string {
  const { key, filename, contentType } = file;
  const payload = Buffer.from(JSON.stringify([key, filename, contentType, expiresAt.getTime()])).toString(
    'base64url',
  );
  return `${payload}.${vault.blindIndex(PURPOSE, payload).toString('base64url')}`;
}

export function openLink(vault: Pick<Vault, 'blindIndex'>, token: string, now: Date): OpenedLink {
  const [payload = '', given = '', ...more] = token.split('.');
  const mac = vault.blindIndex(PURPOSE, payload);
  const digest = Buffer.from(given, 'base64url');
  const ours = more.length === 0 && digest.length === mac.length && timingSafeEqual(digest, mac);
  if (!ours) return { ok: false, reason: 'unknown' };
  const [key, filename, contentType, expiresAtMs] = linkSchema.parse(
    JSON.parse(Buffer.from(payload, 'base64url').toString()),
  );
  if (expiresAtMs <= now.getTime()) return { ok: false, reason: 'expired' };
  return { ok: true, file: { key, filename, contentType } };
}
