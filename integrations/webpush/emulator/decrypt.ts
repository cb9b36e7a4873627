import { createDecipheriv, createECDH, hkdfSync } from 'node:crypto';

/** Keys of an emulated device, base64url. */
export interface DeviceKeys {
  p256dh: string;
  auth: string;
  privateKey: string;
}

const SALT_BYTES = 16;
const KEY_BYTES = 65;
const TAG_BYTES = 16;
/** After the salt: the size of a record (4) and the length of the key (1). */
const HEADER_BYTES = SALT_BYTES + 4 + 1;

/** Makes the keys that a browser makes when it subscribes. */
export function makeDeviceKeys(randomBytes: (size: number) => Buffer): DeviceKeys {
  const curve = createECDH('prime256v1');
  curve.generateKeys();
  return {
    p256dh: curve.getPublicKey('base64url'),
    privateKey: curve.getPrivateKey('base64url'),
    auth: randomBytes(16).toString('base64url'),
  };
}

const derive = (key: Buffer, salt: Buffer, info: Buffer, length: number) =>
  Buffer.from(hkdfSync('sha256', key, salt, info, length));

/**
 * Opens a push as the browser of the device does (RFC 8291 over RFC 8188, `aes128gcm`, one record). Throws when it is
 * not encrypted for this device.
 */
export function decryptPush(body: Buffer, { p256dh, auth, privateKey }: DeviceKeys): Buffer {
  const salt = body.subarray(0, SALT_BYTES);
  const recordSize = body.readUInt32BE(SALT_BYTES);
  const keyLength = body.readUInt8(SALT_BYTES + 4);
  if (keyLength !== KEY_BYTES) throw new Error('the sender’s key is missing in the header');
  const senderKey = body.subarray(HEADER_BYTES, HEADER_BYTES + keyLength);
  const record = body.subarray(HEADER_BYTES + keyLength);
  if (record.length > recordSize) throw new Error('more than one record');

  const curve = createECDH('prime256v1');
  curve.setPrivateKey(Buffer.from(privateKey, 'base64url'));
  const secret = curve.computeSecret(senderKey);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), Buffer.from(p256dh, 'base64url'), senderKey]);
  const keying = derive(secret, Buffer.from(auth, 'base64url'), info, 32);
  const key = derive(keying, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const nonce = derive(keying, salt, Buffer.from('Content-Encoding: nonce\0'), 12);

  const decipher = createDecipheriv('aes-128-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(record.subarray(-TAG_BYTES));
  const padded = Buffer.concat([decipher.update(record.subarray(0, -TAG_BYTES)), decipher.final()]);
  // The text ends with the mark of the last record, then zeros.
  const end = padded.findLastIndex((byte) => byte !== 0);
  if (padded[end] !== 2) throw new Error('the mark of the last record is missing');
  return padded.subarray(0, end);
}
