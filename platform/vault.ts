import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { Transform } from 'node:stream';
import { OpenStream, SealStream } from './files/sealed-stream.ts';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Opens and closes the sealed columns of one person. `field` binds a value to its column. */
export interface PersonKey {
  seal(field: string, value: string): Buffer;
  open(field: string, sealed: Buffer): string;
  /** The same for what is too big to be held; `key` binds it to the file. */
  sealStream(key: string): Transform;
  /** Fails with `BrokenSealError`. */
  openStream(key: string): Transform;
}

/** All sealing of the application. The master keys come from `SWITCHBOARD_MASTER_KEYS`. */
export interface Vault {
  /** A new person's key, wrapped for `person_keys.wrapped_key`. */
  newPersonKey(): { wrapped: Buffer; key: PersonKey };
  openPersonKey(wrapped: Buffer): PersonKey;
  /** Values that belong to no person: company secrets, inbox bodies. */
  seal(purpose: string, value: Buffer | string): Buffer;
  open(purpose: string, sealed: Buffer): Buffer;
  /** A keyed hash that finds an equal value without revealing it (a phone number in one company). */
  blindIndex(scope: string, value: string): Buffer;
}

/** Thrown when the master keys are unusable; names the entry. */
export class InvalidMasterKeyError extends Error {
  override readonly name = 'InvalidMasterKeyError';
}

function encrypt(key: Buffer, context: string, value: Buffer): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(value), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

function decrypt(key: Buffer, context: string, sealed: Buffer): Buffer {
  const iv = sealed.subarray(0, IV_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(context))
    .setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
}

function personKey(key: Buffer): PersonKey {
  return {
    seal: (field, value) => encrypt(key, field, Buffer.from(value)),
    open: (field, sealed) => decrypt(key, field, sealed).toString(),
    sealStream: (file) => new SealStream(key, file),
    openStream: (file) => new OpenStream(key, file),
  };
}

interface MasterKey {
  id: number;
  sealing: Buffer;
}

/** Parses `id:base64,id:base64`; the first seals, all open. The index key is derived from the lowest id. */
function parseMasterKeys(keys: string): { current: MasterKey; byId: Map<number, MasterKey>; index: Buffer } {
  const byId = new Map<number, MasterKey>();
  let indexSource: { id: number; secret: Buffer } | undefined;
  let current: MasterKey | undefined;
  for (const entry of keys.split(',').filter(Boolean)) {
    const [idText = '', encoded = ''] = entry.split(':');
    const id = Number(idText);
    const secret = Buffer.from(encoded, 'base64');
    if (!Number.isInteger(id) || id < 0 || id > 255 || secret.length !== 32 || byId.has(id)) {
      throw new InvalidMasterKeyError(
        `SWITCHBOARD_MASTER_KEYS: entry "${idText}:…" must be <0-255>:<32 bytes in base64>, each id once`,
      );
    }
    const master = { id, sealing: Buffer.from(hkdfSync('sha256', secret, '', 'sealing', 32)) };
    byId.set(id, master);
    current ??= master;
    if (!indexSource || id < indexSource.id) indexSource = { id, secret };
  }
  if (!current || !indexSource) {
    throw new InvalidMasterKeyError('SWITCHBOARD_MASTER_KEYS: give at least one <id>:<32 bytes in base64>');
  }
  return { current, byId, index: Buffer.from(hkdfSync('sha256', indexSource.secret, '', 'index', 32)) };
}

/** Builds the vault. Throws `InvalidMasterKeyError` for unusable keys. */
export function createVault(masterKeys: string): Vault {
  const { current, byId, index } = parseMasterKeys(masterKeys);
  const seal = (purpose: string, value: Buffer | string) =>
    Buffer.concat([Buffer.of(current.id), encrypt(current.sealing, purpose, Buffer.from(value as Buffer))]);
  const open = (purpose: string, sealed: Buffer) => {
    const master = byId.get(sealed[0] ?? -1);
    if (!master) throw new InvalidMasterKeyError(`no master key with id ${sealed[0]} to open ${purpose}`);
    return decrypt(master.sealing, purpose, sealed.subarray(1));
  };
  return {
    newPersonKey: () => {
      const key = randomBytes(32);
      return { wrapped: seal('person-key', key), key: personKey(key) };
    },
    openPersonKey: (wrapped) => personKey(open('person-key', wrapped)),
    seal,
    open,
    blindIndex: (scope, value) => createHmac('sha256', index).update(`${scope}\0${value}`).digest(),
  };
}
