import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { S3Driver } from 'flydrive/drivers/s3';
import type { WriteOptions } from 'flydrive/types';

export interface S3Config {
  bucket: string;
  region: string;
  /** Of a server that is not Amazon's; buckets are then part of the path. */
  endpoint?: string;
  /** Without them the SDK finds its own (environment, instance role). */
  accessKeyId?: string;
  secretAccessKey?: string;
}

/** S3 takes no part but the last below 5 MiB. */
const PART_BYTES = 8 * 1024 * 1024;

/** A bucket of S3 or of a server that speaks its protocol. */
export function createBucket(config: S3Config): Bucket {
  const { bucket, region, endpoint, accessKeyId, secretAccessKey } = config;
  const client = new S3Client({
    region,
    ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
    ...(accessKeyId && secretAccessKey ? { credentials: { accessKeyId, secretAccessKey } } : {}),
    // Servers other than Amazon's do not know the checksums that the SDK adds by itself.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // Repeating belongs to Temporal.
    maxAttempts: 1,
  });
  return new Bucket(client, bucket);
}

/**
 * Writes streams of unknown length: a small one in one request, a large one in parts, of which nothing is to be seen
 * before the last is there.
 */
export class Bucket extends S3Driver {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    super({ client, bucket, visibility: 'private', supportsACL: false });
    this.#client = client;
    this.#bucket = bucket;
  }

  override async putStream(key: string, contents: Readable, options: WriteOptions = {}): Promise<void> {
    const parts = inParts(contents);
    const first = (await parts.next()).value ?? Buffer.alloc(0);
    if (first.length < PART_BYTES) {
      await this.put(key, first, { ...options, contentLength: first.length });
      return;
    }
    const target = { Bucket: this.#bucket, Key: key };
    const { UploadId } = await this.#client.send(
      new CreateMultipartUploadCommand({ ...target, ContentType: options.contentType }),
    );
    const upload = { ...target, UploadId };
    try {
      const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
      for (let Body: Buffer | undefined = first; Body; Body = (await parts.next()).value) {
        const PartNumber = Parts.length + 1;
        const { ETag } = await this.#client.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
        Parts.push({ PartNumber, ETag });
      }
      await this.#client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
    } catch (error) {
      // The parts would cost money without being a file.
      await this.#client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
      throw error;
    }
  }
}

/** Pieces of `PART_BYTES`, the last one smaller. */
async function* inParts(contents: Readable): AsyncGenerator<Buffer, undefined> {
  let gathered: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of contents) {
    gathered.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes < PART_BYTES) continue;
    const all = Buffer.concat(gathered);
    let from = 0;
    for (; all.length - from >= PART_BYTES; from += PART_BYTES) yield all.subarray(from, from + PART_BYTES);
    gathered = [all.subarray(from)];
    bytes = all.length - from;
  }
  if (bytes > 0) yield Buffer.concat(gathered);
  return undefined;
}
