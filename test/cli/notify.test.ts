import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import type { RunNotification } from '../../src/core/wire/notification-schema.ts';
import { failed, fakeFleet } from './support/fake-fleet.ts';
import { fakeHost } from './support/fake-host.ts';

const TOKEN = 'T0KEN-of-the-channel';

/** A webhook, and what it was told. */
async function webhook(status = 200) {
  const told: RunNotification[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    told.push(JSON.parse(body));
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { told, url: `http://127.0.0.1:${port}/hooks/${TOKEN}` };
}

async function run(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const host = fakeHost({ env });
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const { wiring } = await fakeFleet([{ slug: 'acme-corp', attempt: () => failed() }]);
  const exitCode = await runCli([...argv], host, () => wiring);
  return { exitCode, shown: `${host.out}${host.err}` };
}

it('posts each change to the webhook of --notify, with commands as the reader would type them', async () => {
  const { told, url } = await webhook();
  const { exitCode, shown } = await run(['migrate:all-tenants', '--notify', url]);
  expect(exitCode).toBe(1);
  expect(told.map(({ change }) => change)).toEqual(['started', 'failed']);
  expect(told[1]?.text).toContain('migrate:retry run-1');
  expect(told[1]?.nextStep).not.toContain('`fanfold');
  expect(shown).not.toContain(TOKEN);
});

it('shows a warning without the token if the webhook refuses, and keeps the exit code of the run', async () => {
  const { url } = await webhook(404);
  for (const flags of [[], ['--json']]) {
    const env = { FANFOLD_NOTIFY_URL: url };
    const { exitCode, shown } = await run(['migrate:all-tenants', ...flags], env);
    expect(exitCode).toBe(1);
    expect(shown).toContain('HTTP 404');
    expect(shown).not.toContain(TOKEN);
  }
});

it('refuses an address that is none before any tenant is touched, without showing it', async () => {
  const { exitCode, shown } = await run(['migrate:all-tenants', '--notify', `acme/${TOKEN}`]);
  expect(exitCode).toBe(2);
  expect(shown).toContain('The address of --notify is not a URL.');
  expect(shown).not.toContain(TOKEN);
  expect(shown).not.toContain('acme-corp');
});

it.each(['config', 'migrate:all-tenants --aws Fanfold'])(
  '%s does not show the address',
  async (line) => {
    const url = `https://hooks.slack.com/services/${TOKEN}`;
    const { shown } = await run(
      [...line.split(' '), ...(line === 'config' ? [] : ['--notify', url])],
      {
        FANFOLD_NOTIFY_URL: url,
        FANFOLD_NOTIFY_COMMAND: `curl -H 'Authorization: ${TOKEN}'`,
      },
    );
    expect(shown).not.toContain(TOKEN);
    expect(shown).toContain(
      line === 'config' ? 'FANFOLD_NOTIFY_URL' : '--notify has no meaning with --aws',
    );
  },
);
