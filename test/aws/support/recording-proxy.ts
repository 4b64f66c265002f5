import { createWriteStream, existsSync, readFileSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AwsCall } from './aws-call.ts';
import { type ApiRequest, awsCallOf } from './aws-call.ts';

/** A proxy in front of an endpoint that records the calls and their callers. */
export interface RecordingProxy {
  readonly url: string;
  stop(): void;
}

/** A request that the proxy passed on and could not read. */
export interface UnreadCall {
  readonly unread: string;
}

export interface ProxyFiles {
  /** Gets every call, once it is answered, as a line of JSON: an `AwsCall`, or an `UnreadCall`. */
  readonly calls: string;
  /** While it exists: a part of the keys of objects that are deleted after they were written. */
  readonly loses: string;
}

/** Passes every request on to the endpoint and records it. */
export async function startRecordingProxy(
  endpoint: string,
  files: ProxyFiles,
): Promise<RecordingProxy> {
  const target = new URL(endpoint);
  const lines = createWriteStream(files.calls, { flags: 'a' });
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const { method = 'GET', url = '/', headers } = request;
    const onward = httpRequest({
      host: target.hostname,
      port: target.port,
      method,
      path: url,
      headers,
    });
    onward.on('response', async (answer) => {
      if (method === 'PUT' && isLost(url, files.loses)) {
        await fetch(new URL(url.replace(/[?].*/, ''), target), { method: 'DELETE' });
      }
      const status = answer.statusCode ?? 0;
      const call = read({ method, url, headers, body: body.toString() }, status);
      lines.write(`${JSON.stringify(call)}\n`);
      response.writeHead(status, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    onward.end(body);
  });
  // An invocation may take as long as a function may.
  server.requestTimeout = 0;
  server.timeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop() {
      server.close();
      server.closeAllConnections();
      lines.end();
    },
  };
}

function isLost(url: string, file: string): boolean {
  return existsSync(file) && url.includes(readFileSync(file, 'utf8'));
}

function read(request: ApiRequest, status: number): AwsCall | UnreadCall {
  try {
    return { ...awsCallOf(request), status };
  } catch (error) {
    return { unread: error instanceof Error ? error.message : String(error) };
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
