import type { TestProject } from 'vitest/node';
import { givenServer } from '../src/adapters/local/embedded-server/given-server.ts';
import { startEmbeddedServer } from '../src/adapters/local/embedded-server.ts';

const names = { mariadb: 'MariaDB', mysql: 'MySQL' } as const;

const variable = 'FANFOLD_TEST_MYSQL_URL';

/**
 * Gives a project its server: an embedded one, or, to all but the project mariadb, the one that
 * FANFOLD_TEST_MYSQL_URL names. Says which, so that a green run tells what it was green on.
 */
export default async function setUpServer(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env[variable];
  const server =
    project.name !== 'mariadb' && given
      ? await givenServer(variable, given)
      : await startEmbeddedServer({ durable: false, maxConnections: 500, notice: say });
  say(`Project ${project.name}: ${names[server.flavour]} ${server.version} (${server.source}).`);
  if (!given && project.name === 'mariadb')
    say(`Project mysql is skipped: ${variable} does not name a MySQL 9 server.`);
  const { url, host, hosts, port, user, password, flavour, version } = server;
  project.provide('server', { url, host, hosts, port, user, password, flavour, version });
  return server.stop;
}

function say(message: string): void {
  process.stdout.write(`${message}\n`);
}
