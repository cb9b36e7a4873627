import type { PersonKey, Vault } from '../platform/vault.ts';

/** Opens sealed columns of one row; null for a column without a value. */
export type Opener = (field: string, sealed: Buffer | null) => string | null;

/**
 * The opener of a person's columns. Once the person's key is destroyed there is nothing to read any more:
 * every field is null.
 */
export function openerOf(vault: Vault, wrappedKey: Buffer | null): Opener {
  if (!wrappedKey || wrappedKey.length === 0) return () => null;
  let key: PersonKey | undefined;
  return (field, sealed) => {
    if (!sealed) return null;
    key ??= vault.openPersonKey(wrappedKey);
    return key.open(field, sealed);
  };
}
