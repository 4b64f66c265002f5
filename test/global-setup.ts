import type { TestProject } from 'vitest/node';
import { givenServer } from '../src/adapters/local/embedded-server/given-server.ts';
import { startEmbeddedServer } from '../src/adapters/local/embedded-server.ts';

const names = { mariadb: 'MariaDB', mysql: 'MySQL' } as const;

/** The variables that name the servers of projects which start none, and what to name there. */
const VARIABLES: Readonly<Record<string, readonly [variable: string, server: string]>> = {
  mysql: ['FANFOLD_TEST_MYSQL_URL', 'a MySQL 9 server'],
  mariadb11: ['FANFOLD_TEST_MARIADB11_URL', 'a MariaDB 11 server'],
};

/**
 * Gives a project its server: an embedded one to the project mariadb, to the others the one that their
 * variable names. Says which, so that a green run tells what it was green on.
 */
export default async function setUpServer(project: TestProject): Promise<() => Promise<void>> {
  const [variable = ''] = VARIABLES[project.name] ?? [];
  const given = process.env[variable];
  const server = given
    ? await givenServer(variable, given)
    : await startEmbeddedServer({ durable: false, maxConnections: 500, notice: say });
  say(`Project ${project.name}: ${names[server.flavour]} ${server.version} (${server.source}).`);
  if (project.name === 'mariadb') saySkipped();
  const { url, host, hosts, port, user, password, flavour, version } = server;
  const isEmbedded = !given;
  project.provide('server', {
    url,
    host,
    hosts,
    port,
    user,
    password,
    flavour,
    version,
    isEmbedded,
  });
  return server.stop;
}

function saySkipped(): void {
  for (const [project, [variable, server]] of Object.entries(VARIABLES)) {
    if (!process.env[variable])
      say(`Project ${project} is skipped: ${variable} does not name ${server}.`);
  }
}

function say(message: string): void {
  process.stdout.write(`${message}\n`);
}
