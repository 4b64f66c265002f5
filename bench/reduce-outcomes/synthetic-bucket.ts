import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { manifestOf, type SyntheticObject, syntheticRun } from './synthetic-run.ts';

// A separate process, which stands for S3 over HTTP: it makes objects as they are read, keeps none,
// and takes whatever is written. `process.argv[2]` is how many tenants there are.

interface Sized extends SyntheticObject {
  readonly size: number;
}

const made = syntheticRun(Number(process.argv[2])).map(sized);
const objects = new Map([...made, sized(manifestOf(made))].map((object) => [object.key, object]));

function sized(object: SyntheticObject): Sized {
  let size = 0;
  for (const text of object.text()) size += Buffer.byteLength(text);
  return { ...object, size };
}

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://s3');
  const key = decodeURIComponent(url.pathname).split('/').slice(2).join('/');
  request.resume();
  request.once('end', () => {
    if (request.method === 'GET' && key === '') return list(url.searchParams, response);
    if (request.method === 'GET') return read(key, response);
    return accept(url.searchParams, response);
  });
});

function list(query: URLSearchParams, response: ServerResponse): void {
  const prefix = query.get('prefix') ?? '';
  const found = [...objects.values()].filter((object) => object.key.startsWith(prefix));
  const folders = new Set(
    found.map(({ key }) => key.slice(0, key.indexOf('/', prefix.length) + 1)),
  );
  const entries = query.has('delimiter')
    ? [...folders].map((folder) => `<CommonPrefixes><Prefix>${folder}</Prefix></CommonPrefixes>`)
    : found.map(({ key, size }) => `<Contents><Key>${key}</Key><Size>${size}</Size></Contents>`);
  response.end(`<ListBucketResult>${entries.join('')}</ListBucketResult>`);
}

function read(key: string, response: ServerResponse): void {
  const object = objects.get(key);
  if (object === undefined) {
    response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
    return;
  }
  response.writeHead(200, { 'content-length': object.size, etag: '"made"' });
  Readable.from(object.text()).pipe(response);
}

/** Answers a write in one request or in parts, and a deletion. */
function accept(query: URLSearchParams, response: ServerResponse): void {
  response.setHeader('etag', '"taken"');
  if (query.has('uploads')) {
    response.end(
      '<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>',
    );
  } else if (query.has('uploadId') && !query.has('partNumber')) {
    response.end(
      '<CompleteMultipartUploadResult><ETag>"taken"</ETag></CompleteMultipartUploadResult>',
    );
  } else {
    response.end(query.has('delete') ? '<DeleteResult/>' : '');
  }
}

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.(`http://127.0.0.1:${port}`);
});
process.once('disconnect', () => process.exit());
