import { startEmbeddedServer } from '../../../src/adapters/local/embedded-server.ts';
import { say } from '../support/form.ts';
import { type ChaosServer, openChaosServer, type ServerLogin } from './chaos-server.ts';

/**
 * Does the work on one server after the other: on those that `given` names as URLs with commas between,
 * or on an embedded MariaDB and the servers of FANFOLD_TEST_MYSQL_URL and FANFOLD_TEST_MARIADB11_URL.
 */
export async function usingChaosServers(
  given: string | undefined,
  work: (server: ChaosServer) => Promise<void>,
): Promise<void> {
  const { FANFOLD_TEST_MYSQL_URL, FANFOLD_TEST_MARIADB11_URL } = process.env;
  const named = given?.split(',') ?? [FANFOLD_TEST_MYSQL_URL, FANFOLD_TEST_MARIADB11_URL];
  const logins = named.flatMap((url) => (url ? [loginOf(url)] : []));
  const embedded =
    given === undefined
      ? await startEmbeddedServer({
          durable: false,
          maxConnections: 500,
          notice: say,
        })
      : undefined;
  if (embedded !== undefined) logins.unshift(embedded);
  try {
    for (const login of logins) {
      const server = await openChaosServer(login);
      try {
        await work(server);
      } finally {
        await server.close();
      }
    }
  } finally {
    await embedded?.stop();
  }
}

function loginOf(address: string): ServerLogin {
  const { hostname, port, username, password } = new URL(address);
  return {
    host: hostname,
    port: Number(port || 3306),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
  };
}
