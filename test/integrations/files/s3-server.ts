import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What came in, by method and query. */
export interface S3Request {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
}

const xml = (res: ServerResponse, status: number, body: string) =>
  res.writeHead(status, { 'content-type': 'application/xml' }).end(`<?xml version="1.0"?>${body}`);
const failed = (res: ServerResponse, status: number, code: string) =>
  xml(res, status, `<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
const etagOf = (data: Buffer) => `"${createHash('md5').update(data).digest('hex')}"`;

/**
 * The part of S3's REST protocol that a bucket of files needs, path style, in memory. Strict where other servers are
 * strict: no checksum trailers, a length on every upload, a credential of ours, pages of two keys.
 */
export async function startS3Server(bucket: string) {
  const files = new Map<string, { data: Buffer; type: string }>();
  const uploads = new Map<string, Map<number, Buffer>>();
  const requests: S3Request[] = [];
  let failParts = false;

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<unknown> {
    const url = new URL(req.url ?? '/', 'http://s3');
    const query = url.searchParams;
    requests.push({ method: req.method ?? '', path: req.url ?? '', headers: req.headers });
    const data = await buffer(req);
    if (!/Credential=test-key\//.test(req.headers.authorization ?? ''))
      return failed(res, 403, 'AccessDenied');
    if (req.headers['content-encoding']?.includes('aws-chunked') || req.headers['x-amz-trailer'])
      return failed(res, 501, 'NotImplemented');
    const [, name, ...rest] = decodeURIComponent(url.pathname).split('/');
    if (name !== bucket) return failed(res, 404, 'NoSuchBucket');
    const key = rest.join('/');
    const uploadId = query.get('uploadId');
    switch (req.method) {
      case 'PUT': {
        if (req.headers['content-length'] === undefined) return failed(res, 411, 'MissingContentLength');
        if (uploadId) {
          if (failParts) return failed(res, 500, 'InternalError');
          uploads.get(uploadId)?.set(Number(query.get('partNumber')), data);
        } else files.set(key, { data, type: req.headers['content-type'] ?? '' });
        return res.writeHead(200, { etag: etagOf(data) }).end();
      }
      case 'POST': {
        if (query.has('uploads')) {
          const id = `upload-${uploads.size + 1}`;
          uploads.set(id, new Map());
          return xml(
            res,
            200,
            `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
          );
        }
        if (uploadId) {
          const parts = [...(uploads.get(uploadId) ?? [])].sort(([a], [b]) => a - b).map(([, part]) => part);
          if (parts.slice(0, -1).some((part) => part.length < 5 * 1024 * 1024))
            return failed(res, 400, 'EntityTooSmall');
          files.set(key, { data: Buffer.concat(parts), type: '' });
          uploads.delete(uploadId);
          return xml(res, 200, '<CompleteMultipartUploadResult></CompleteMultipartUploadResult>');
        }
        for (const [, gone] of data.toString().matchAll(/<Key>([^<]+)<\/Key>/g)) files.delete(gone as string);
        return xml(res, 200, '<DeleteResult></DeleteResult>');
      }
      case 'DELETE':
        if (uploadId) uploads.delete(uploadId);
        else files.delete(key);
        return res.writeHead(204).end();
      default: {
        if (query.get('list-type') === '2') {
          const after = query.get('continuation-token') ?? '';
          const keys = [...files.keys()]
            .sort()
            .filter((one) => one.startsWith(query.get('prefix') ?? '') && one > after);
          const page = keys.slice(0, 2);
          const more =
            keys.length > page.length ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
          const contents = page.map((one) => `<Contents><Key>${one}</Key><Size>1</Size></Contents>`).join('');
          return xml(res, 200, `<ListBucketResult>${contents}${more}</ListBucketResult>`);
        }
        const file = files.get(key);
        if (!file) return req.method === 'HEAD' ? res.writeHead(404).end() : failed(res, 404, 'NoSuchKey');
        res.writeHead(200, {
          'content-length': file.data.length,
          'content-type': file.type,
          etag: etagOf(file.data),
        });
        return res.end(req.method === 'HEAD' ? undefined : file.data);
      }
    }
  }

  const server = createServer((req, res) => void handle(req, res).catch(() => res.destroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    files,
    uploads,
    requests,
    failParts(fail: boolean) {
      failParts = fail;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
