import { describe, expect, it } from 'vitest';
import { createVault, InvalidMasterKeyError } from '../../platform/vault.ts';

const key = (id: number, byte: number) => `${id}:${Buffer.alloc(32, byte).toString('base64')}`;
const vault = createVault(key(1, 7));

describe('the vault', () => {
  it('opens what it sealed, and seals the same value differently each time', () => {
    const [first, second] = [vault.seal('p', 'secret'), vault.seal('p', 'secret')];
    expect(first.equals(second)).toBe(false);
    expect(vault.open('p', first).toString()).toBe('secret');
    expect(first.includes('secret')).toBe(false);
  });

  it('does not open for another purpose, nor what was changed', () => {
    const sealed = vault.seal('company.calcom-key', 'secret');
    expect(() => vault.open('inbox', sealed)).toThrow();
    for (const index of [1, 20, sealed.length - 1]) {
      const changed = Buffer.from(sealed);
      changed[index]! ^= 1;
      expect(() => vault.open('company.calcom-key', changed)).toThrow();
    }
  });

  it('gives each person a key of their own, bound to the column', () => {
    const anna = vault.newPersonKey();
    const bert = vault.newPersonKey();
    const sealed = anna.key.seal('customers.name', 'Anna');
    expect(vault.openPersonKey(anna.wrapped).open('customers.name', sealed)).toBe('Anna');
    expect(() => bert.key.open('customers.name', sealed)).toThrow();
    expect(() => anna.key.open('customers.email', sealed)).toThrow();
  });

  it('opens old values after the keys were rotated, and finds equal values as before', () => {
    const rotated = createVault(`${key(2, 9)},${key(1, 7)}`);
    expect(rotated.open('p', vault.seal('p', 'old')).toString()).toBe('old');
    expect(() => vault.open('p', rotated.seal('p', 'new'))).toThrow(InvalidMasterKeyError);
    expect(rotated.blindIndex('c', '+49').equals(vault.blindIndex('c', '+49'))).toBe(true);
  });

  it('finds an equal value only within its scope', () => {
    expect(vault.blindIndex('c', '+49').equals(vault.blindIndex('c', '+49'))).toBe(true);
    expect(vault.blindIndex('c', '+49').equals(vault.blindIndex('d', '+49'))).toBe(false);
    expect(vault.blindIndex('ab', 'c').equals(vault.blindIndex('a', 'bc'))).toBe(false);
  });

  it.each([
    '',
    '1:short',
    `x:${Buffer.alloc(32).toString('base64')}`,
    `${key(1, 1)},${key(1, 2)}`,
    key(256, 1),
  ])('refuses unusable keys: %s', (keys) => {
    expect(() => createVault(keys)).toThrow(InvalidMasterKeyError);
  });
});
