import {
  createServer,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, test } from 'vitest';
import { createWebhook } from '../../../../src/adapters/local/notify/webhook.ts';
import { FanfoldError } from '../../../../src/core/errors.ts';
import { runNotification } from '../../../../src/core/notify/run-notification.ts';
import { rejectionOf, thrownBy } from '../../../support/thrown-by.ts';

const told = runNotification({ runId: 'run-1', command: 'migrate' }, { change: 'started' }, {}, 0);
const TOKEN = 'T0KEN-of-the-channel';
const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('a webhook gets the notification as JSON, with the login of the address as a header', async () => {
  const seen: {
    method?: string | undefined;
    url?: string | undefined;
    headers: IncomingHttpHeaders;
    body: string;
  }[] = [];
  const host = await listen(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.push({ method: request.method, url: request.url, headers: request.headers, body });
    response.end('ok');
  });
  await createWebhook(`http://fleet:s%40fe@${host}/hooks/${TOKEN}?a=b`).send(told);
  expect(seen).toHaveLength(1);
  expect(seen[0]).toMatchObject({
    method: 'POST',
    url: `/hooks/${TOKEN}?a=b`,
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from('fleet:s@fe').toString('base64')}`,
    },
  });
  expect(JSON.parse(seen[0]?.body ?? '')).toEqual(told);
});

describe.each([
  [200, undefined],
  [204, undefined],
  [302, false],
  [400, false],
  [403, false],
  [404, false],
  [408, true],
  [429, true],
  [500, true],
  [503, true],
])('a webhook that answers with HTTP %i', (status, retryable) => {
  test(`a webhook that answers with HTTP ${status} ${retryable === undefined ? 'has the notification' : retryable ? 'may be tried again' : 'has failed for good'}, and no message has the token`, async () => {
    let requests = 0;
    const host = await listen((request, response) => {
      requests += 1;
      response.writeHead(status, { location: `/elsewhere/${TOKEN}` });
      response.end(status === 204 ? undefined : `no such hook: ${request.url}`);
    });
    const sent = createWebhook(`http://${host}/hooks/${TOKEN}?key=${TOKEN}`).send(told);
    if (retryable === undefined) {
      await sent;
    } else {
      const error = (await rejectionOf(sent)) as FanfoldError;
      expect(error).toBeInstanceOf(FanfoldError);
      expect(error).toMatchObject({ code: 'NotificationFailed', retryable });
      expect(`${error.message} ${error.nextStep} ${String(error.cause)}`).not.toContain(TOKEN);
      expect(error.message).toContain(`HTTP ${status}`);
    }
    expect(requests).toBe(1);
  });
});

it.each<[name: string, answer: RequestListener, words: string]>([
  ['never answers', () => {}, 'no answer within 0.2 s'],
  ['closes the connection', (request) => request.socket.destroy(), 'UND_ERR_SOCKET'],
])('a webhook may be tried again if it %s', async (_, answer, words) => {
  const host = await listen(answer);
  const error = await rejectionOf(createWebhook(`http://${host}/${TOKEN}`, 200).send(told));
  expect(error).toMatchObject({ retryable: true, message: `it cannot be reached (${words}).` });
});

it('a webhook may be tried again if nothing listens, and no message has its path', async () => {
  const error = await rejectionOf(createWebhook(`http://127.0.0.1:1/${TOKEN}`).send(told));
  expect(error).toMatchObject({ retryable: true });
  expect(String(error)).not.toContain(TOKEN);
});

it.each([
  `hooks.slack.com/services/${TOKEN}`,
  `ftp://example.com/${TOKEN}`,
  `javascript:${TOKEN}`,
  `file:///${TOKEN}`,
  `https://:99999/${TOKEN}`,
  ' ',
])('%j is refused as an address, without showing it', (address) => {
  const error = thrownBy(() => createWebhook(address)) as FanfoldError;
  expect(error).toMatchObject({ code: 'NotifyUrlInvalid', fault: 'usage' });
  expect(`${error.message} ${error.nextStep}`).not.toContain(TOKEN);
});

it('the name of a webhook has no path, query or login', () => {
  const { name } = createWebhook(`https://user:${TOKEN}@example.com/${TOKEN}?${TOKEN}`);
  expect(name).toBe('The webhook at https://example.com');
});
