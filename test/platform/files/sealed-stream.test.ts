import { randomBytes } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { BrokenSealError } from '../../../platform/files/sealed-stream.ts';
import { createVault } from '../../../platform/vault.ts';

const vault = createVault(`1:${Buffer.alloc(32, 7).toString('base64')}`);
const { key } = vault.newPersonKey();

/** Uneven pieces, as they come from a network. */
function* pieces(data: Buffer) {
  for (let from = 0, size = 1; from < data.length; from += size, size = (size * 7) % 50_021) {
    yield data.subarray(from, from + size);
  }
}

async function through(data: Buffer, transform: NodeJS.ReadWriteStream): Promise<Buffer> {
  const out = new PassThrough();
  const [bytes] = await Promise.all([buffer(out), pipeline(Readable.from(pieces(data)), transform, out)]);
  return bytes;
}
const seal = (data: Buffer, file = 'a/b') => through(data, key.sealStream(file));
const open = (data: Buffer, file = 'a/b', by = key) => through(data, by.openStream(file));

describe('a sealed stream', () => {
  it.each([0, 1, 65_535, 65_536, 65_537, 131_072, 300_000])(
    'opens what it sealed: %i bytes',
    async (size) => {
      const data = randomBytes(size);
      const sealed = await seal(data);
      // One byte is found in any noise; a hundred are not.
      if (size >= 100) expect(sealed.includes(data.subarray(0, 100))).toBe(false);
      expect((await open(sealed)).equals(data)).toBe(true);
    },
  );

  it('does not open for another file, or with the key of another person', async () => {
    const sealed = await seal(Buffer.from('hello'));
    await expect(open(sealed, 'a/c')).rejects.toThrow(BrokenSealError);
    await expect(open(sealed, 'a/b', vault.newPersonKey().key)).rejects.toThrow(BrokenSealError);
  });

  it('notices what was changed, left out, moved or cut off', async () => {
    const chunk = 64 * 1024 + 16;
    const sealed = await seal(randomBytes(200_000));
    const header = sealed.subarray(0, 17);
    const [first, second, rest] = [
      sealed.subarray(17, 17 + chunk),
      sealed.subarray(17 + chunk, 17 + 2 * chunk),
      sealed.subarray(17 + 2 * chunk),
    ];
    const changed = Buffer.from(sealed);
    changed[100_000]! ^= 1;
    const broken = [
      changed,
      Buffer.concat([header, second, first, rest]),
      Buffer.concat([header, first, rest]),
      Buffer.concat([header, first, second]),
      sealed.subarray(0, -1),
      sealed.subarray(0, 10),
      Buffer.alloc(0),
      Buffer.from('not sealed at all, but long enough'),
    ];
    for (const bytes of broken) await expect(open(bytes)).rejects.toThrow(BrokenSealError);
  });
});
