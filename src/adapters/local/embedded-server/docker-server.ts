import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { awaitReady } from './await-ready.ts';
import type { EmbeddedServer, EmbeddedServerOptions } from './contract.ts';
import { clientHosts, loopbackAddresses } from './loopback.ts';
import { runCommand } from './run-command.ts';
import { newServerLogin, serverUrl } from './server-login.ts';
import { shellCommand } from './shell-command.ts';
import { supervise } from './supervise.ts';

const image = 'mysql:8.4';

/** The first start includes downloading the image. */
const startWithinMs = 600_000;

/** Whether Docker is installed and its engine answers. */
export async function dockerAnswers(environment: NodeJS.ProcessEnv): Promise<boolean> {
  const args = ['info', '--format', '{{.ServerVersion}}'];
  return (await runCommand('docker', args, { timeoutMs: 10_000, environment })).succeeded;
}

/** Runs MySQL in a container that is removed with everything in it when it ends. */
export async function startDockerServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  options.notice?.(`Starting ${image} in Docker; the first time downloads the image…`);
  const folder = await mkdtemp(join(tmpdir(), 'fanfold-server-'));
  const published = await loopbackAddresses();
  const account = await newServerLogin();

  const name = `fanfold-${randomUUID()}`;
  const container = [
    ...['docker', 'run', '--rm', '--name', name],
    ...published.flatMap((address) => ['--publish', `${address}:${account.port}:3306`]),
    // The value comes from the environment, because an argument would be visible in the list of processes.
    ...['--env', 'MYSQL_ROOT_PASSWORD'],
    image,
    '--skip-log-bin',
    '--skip-name-resolve',
    `--max-connections=${options.maxConnections ?? 200}`,
    `--innodb-flush-log-at-trx-commit=${(options.durable ?? true) ? 1 : 2}`,
  ];
  const supervised = supervise(
    folder,
    {
      run: shellCommand(container),
      // Killing the client does not stop the container.
      cleanUp: shellCommand(['docker', 'rm', '--force', '--volumes', name]),
    },
    { ...(options.environment ?? process.env), MYSQL_ROOT_PASSWORD: account.password },
  );
  const identity = await awaitReady(supervised, account, `${image} in Docker`, startWithinMs);
  return {
    ...account,
    ...identity,
    url: serverUrl(account),
    hosts: clientHosts(published),
    source: `${image} in Docker`,
    stop: supervised.release,
  };
}
