import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';

const VERSION = 1;
const SALT_BYTES = 16;
const HEADER_BYTES = 1 + SALT_BYTES;
const CHUNK_BYTES = 64 * 1024;
const TAG_BYTES = 16;

/** The sealed file is cut short, changed, or sealed with another key or for another place. */
export class BrokenSealError extends Error {
  override readonly name = 'BrokenSealError';
}

/** A key for one file only, so that a chunk's number is all that its nonce needs. */
const fileKey = (secret: Buffer, context: string, salt: Buffer) =>
  Buffer.from(hkdfSync('sha256', secret, salt, `file:${context}`, 32));

/** The number of the chunk, and whether it is the last: no chunk can be moved, and none left out at the end. */
function nonceOf(chunk: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(chunk, 5, 6);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

/** Cuts a stream into chunks and knows the last one: it is held back until the end. */
abstract class Chunked extends Transform {
  #waiting: Buffer = Buffer.alloc(0);
  #chunk = 0;
  readonly #size: number;

  constructor(size: number) {
    super();
    this.#size = size;
  }

  protected abstract work(chunk: Buffer, number: number, last: boolean): Buffer;

  protected gather(data: Buffer): void {
    this.#waiting = this.#waiting.length === 0 ? data : Buffer.concat([this.#waiting, data]);
    while (this.#waiting.length > this.#size) {
      this.push(this.work(this.#waiting.subarray(0, this.#size), this.#chunk, false));
      this.#chunk += 1;
      this.#waiting = this.#waiting.subarray(this.#size);
    }
  }

  override _flush(done: TransformCallback): void {
    try {
      this.push(this.work(this.#waiting, this.#chunk, true));
      done();
    } catch (error) {
      done(error as Error);
    }
  }
}

/** Seals a stream with AES-256-GCM, chunk by chunk. `context` binds it to its place: the key of the file. */
export class SealStream extends Chunked {
  readonly #key: Buffer;

  constructor(secret: Buffer, context: string) {
    super(CHUNK_BYTES);
    const salt = randomBytes(SALT_BYTES);
    this.#key = fileKey(secret, context, salt);
    this.push(Buffer.concat([Buffer.of(VERSION), salt]));
  }

  override _transform(data: Buffer, _encoding: string, done: TransformCallback): void {
    this.gather(data);
    done();
  }

  protected override work(chunk: Buffer, number: number, last: boolean): Buffer {
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonceOf(number, last));
    return Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
  }
}

/** Opens what `SealStream` sealed; each chunk is checked before it is handed on. Fails with `BrokenSealError`. */
export class OpenStream extends Chunked {
  readonly #secret: Buffer;
  readonly #context: string;
  #header: Buffer = Buffer.alloc(0);
  #key: Buffer | null = null;

  constructor(secret: Buffer, context: string) {
    super(CHUNK_BYTES + TAG_BYTES);
    this.#secret = secret;
    this.#context = context;
  }

  override _transform(data: Buffer, _encoding: string, done: TransformCallback): void {
    try {
      let rest = data;
      if (!this.#key) {
        this.#header = Buffer.concat([this.#header, data]);
        if (this.#header.length < HEADER_BYTES) {
          done();
          return;
        }
        if (this.#header[0] !== VERSION) throw new BrokenSealError('not a sealed file');
        this.#key = fileKey(this.#secret, this.#context, this.#header.subarray(1, HEADER_BYTES));
        rest = this.#header.subarray(HEADER_BYTES);
      }
      this.gather(rest);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  protected override work(chunk: Buffer, number: number, last: boolean): Buffer {
    if (!this.#key || chunk.length < TAG_BYTES) throw new BrokenSealError('the sealed file is cut short');
    const body = chunk.subarray(0, chunk.length - TAG_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.#key, nonceOf(number, last), {
      authTagLength: TAG_BYTES,
    }).setAuthTag(chunk.subarray(chunk.length - TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(body), decipher.final()]);
    } catch {
      throw new BrokenSealError('the sealed file was changed, or the key is not its own');
    }
  }
}
