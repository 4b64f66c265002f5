import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';

interface StoredObject {
  readonly content: Buffer;
  readonly etag: string;
  readonly modifiedAt: Date;
}

/** Answers of S3 to the requests that a test picks. */
export interface Trouble {
  readonly matches: (method: string, key: string) => boolean;
  /** How often; default: always. */
  times?: number;
  /** An error of S3, or `cut`: the answer breaks off in the middle. */
  readonly answer: { readonly status: number; readonly code: string } | 'cut';
}

/** S3 over HTTP in this process, as far as the run store uses it. aws-local stands for the rest. */
export interface S3Server {
  readonly client: S3Client;
  readonly endpoint: string;
  /** By key, of all buckets; may be changed. */
  readonly objects: Map<string, StoredObject>;
  readonly requests: readonly string[];
  put(key: string, content: string, modifiedAt?: Date): void;
  text(key: string): string | undefined;
  trouble(trouble: Trouble): void;
  close(): Promise<void>;
}

export const BUCKET = 'acme-runs';

/** Starts a server; a page of a listing has `pageSize` keys. */
export async function startS3Server({ pageSize = 1_000 } = {}): Promise<S3Server> {
  const objects = new Map<string, StoredObject>();
  const uploads = new Map<string, Map<number, Buffer>>();
  const troubles: Trouble[] = [];
  const requests: string[] = [];

  const store = (key: string, content: Buffer, modifiedAt = new Date()) => {
    const etag = `"${createHash('md5').update(content).digest('hex')}"`;
    objects.set(key, { content, etag, modifiedAt });
    return etag;
  };

  const server = createServer((request, response) => {
    void answer(request, response);
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://s3');
    const [, bucket = '', ...rest] = decodeURIComponent(url.pathname).split('/');
    const key = rest.join('/');
    const { method = 'GET', headers } = request;
    const body = await bodyOf(request);
    requests.push(`${method} ${key}${url.search}`);
    const fail = (status: number, code: string) => {
      const text = `<Error><Code>${code}</Code><Message>${code}</Message><Key>${key}</Key></Error>`;
      response.writeHead(status, { 'content-type': 'application/xml' }).end(text);
    };
    const xml = (text: string) =>
      response.writeHead(200, { 'content-type': 'application/xml' }).end(text);

    const trouble = troubles.find(({ matches, times = 1 }) => times > 0 && matches(method, key));
    if (trouble !== undefined) {
      if (trouble.times !== undefined) trouble.times -= 1;
      if (trouble.answer !== 'cut') return fail(trouble.answer.status, trouble.answer.code);
    }
    if (bucket !== BUCKET) return fail(404, 'NoSuchBucket');
    const upload = url.searchParams.get('uploadId');

    if (method === 'GET' && key === '') return void xml(listing(objects, url, pageSize));
    if (method === 'GET') {
      const object = objects.get(key);
      if (object === undefined) return fail(404, 'NoSuchKey');
      if (headers['if-match'] !== undefined && headers['if-match'] !== object.etag) {
        return fail(412, 'PreconditionFailed');
      }
      const from = Number(/^bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
      const content = object.content.subarray(from);
      response.writeHead(from > 0 ? 206 : 200, {
        'content-length': content.length,
        etag: object.etag,
      });
      if (trouble === undefined) return void response.end(content);
      response.write(content.subarray(0, Math.floor(content.length / 2)), () => response.destroy());
      return;
    }
    if (method === 'POST' && url.searchParams.has('delete')) {
      for (const [, name = ''] of body.toString().matchAll(/<Key>(.*?)<\/Key>/g)) {
        objects.delete(name);
      }
      return void xml('<DeleteResult/>');
    }
    if (method === 'POST' && url.searchParams.has('uploads')) {
      const id = randomUUID();
      uploads.set(id, new Map());
      return void xml(
        `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
      );
    }
    if (upload !== null && method === 'PUT') {
      uploads.get(upload)?.set(Number(url.searchParams.get('partNumber')), body);
      return void response.writeHead(200, { etag: '"part"' }).end();
    }
    if (upload !== null && method === 'POST') {
      const parts = [...(uploads.get(upload) ?? [])].sort(([a], [b]) => a - b);
      const etag = store(key, Buffer.concat(parts.map(([, part]) => part)));
      return void xml(
        `<CompleteMultipartUploadResult><ETag>${etag}</ETag></CompleteMultipartUploadResult>`,
      );
    }
    if (upload !== null && method === 'DELETE') {
      uploads.delete(upload);
      return void response.writeHead(204).end();
    }
    if (method === 'PUT') {
      if (headers['if-none-match'] === '*' && objects.has(key)) {
        return fail(412, 'PreconditionFailed');
      }
      return void response.writeHead(200, { etag: store(key, body) }).end();
    }
    return fail(501, 'NotImplemented');
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new S3Client({
    endpoint,
    region: 'eu-west-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    // Retries of the client are Amazon's to test, and take seconds.
    maxAttempts: 1,
  });
  return {
    client,
    endpoint,
    objects,
    requests,
    put: (key, content, modifiedAt) => void store(key, Buffer.from(content), modifiedAt),
    text: (key) => objects.get(key)?.content.toString(),
    trouble: (trouble) => void troubles.push(trouble),
    close: () =>
      new Promise((resolve) => {
        client.destroy();
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function listing(objects: Map<string, StoredObject>, url: URL, pageSize: number): string {
  const prefix = url.searchParams.get('prefix') ?? '';
  const delimiter = url.searchParams.get('delimiter');
  const after = url.searchParams.get('continuation-token') ?? '';
  const entries = new Map<string, string>();
  for (const key of [...objects.keys()].sort()) {
    if (!key.startsWith(prefix)) continue;
    const end = delimiter === null ? -1 : key.indexOf(delimiter, prefix.length);
    const object = objects.get(key);
    if (end >= 0) {
      const folder = key.slice(0, end + 1);
      entries.set(folder, `<CommonPrefixes><Prefix>${folder}</Prefix></CommonPrefixes>`);
    } else if (object !== undefined) {
      const { content, modifiedAt } = object;
      entries.set(
        key,
        `<Contents><Key>${key}</Key><Size>${content.length}</Size><LastModified>${modifiedAt.toISOString()}</LastModified></Contents>`,
      );
    }
  }
  const left = [...entries].filter(([name]) => name > after);
  const page = left.slice(0, pageSize);
  const isCut = left.length > pageSize;
  const token = isCut ? `<NextContinuationToken>${page.at(-1)?.[0]}</NextContinuationToken>` : '';
  return `<ListBucketResult><IsTruncated>${isCut}</IsTruncated>${token}${page.map(([, text]) => text).join('')}</ListBucketResult>`;
}
