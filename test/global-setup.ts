import type { TestProject } from 'vitest/node';
import { startEmbeddedServer } from '../src/adapters/local/embedded-server.ts';

const names = { mariadb: 'MariaDB', mysql: 'MySQL' } as const;

/**
 * Gives a database project its server: an embedded one, or the one that FANFOLD_TEST_MYSQL_URL
 * names. Says which, so that a green run tells what it was green on.
 */
export default async function setUpServer(project: TestProject): Promise<() => Promise<void>> {
  const given = project.name === 'mysql' ? process.env.FANFOLD_TEST_MYSQL_URL : undefined;
  const server = await startEmbeddedServer({
    environment: given ? { ...process.env, FANFOLD_MYSQL_URL: given } : process.env,
    durable: false,
    maxConnections: 500,
    notice: say,
  });
  say(`Tests named [${project.name}] run on ${names[server.flavour]} ${server.version}.`);
  if (!process.env.FANFOLD_TEST_MYSQL_URL) {
    say('FANFOLD_TEST_MYSQL_URL is not set: no tests on a second server.');
  }
  const { url, host, hosts, port, user, password, flavour, version } = server;
  project.provide('server', { url, host, hosts, port, user, password, flavour, version });
  return server.stop;
}

function say(message: string): void {
  process.stdout.write(`${message}\n`);
}
