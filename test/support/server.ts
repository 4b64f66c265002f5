import type { Connection } from 'mysql2/promise';
import { createConnection } from 'mysql2/promise';
import { afterAll, inject } from 'vitest';
import type { EmbeddedServer } from '../../src/adapters/local/embedded-server/contract.ts';

/** Facts about a project's server that the global setup passes to its tests. */
interface ServerFacts extends Omit<EmbeddedServer, 'source' | 'process' | 'stop'> {
  /** Whether it was started for this project. One that was given belongs to others too. */
  readonly isEmbedded: boolean;
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly server: ServerFacts;
  }
}

/** The real server that this project's tests run on. Other test files use it at the same time. */
export interface TestServer extends ServerFacts {
  /** A new connection that may do everything. It is closed after the test file at the latest. */
  rootConnection(): Promise<Connection>;
}

const open = new Set<Connection>();

/** The server of this project; only for tests in `*.db.test.ts`. */
export function testServer(): TestServer {
  const facts = inject('server');
  return {
    ...facts,
    rootConnection: async () => {
      const { host, port, user, password } = facts;
      const connection = await createConnection({ host, port, user, password });
      open.add(connection);
      // One that was killed while idle must not end the process; its next query reports the loss.
      connection.on('error', () => {});
      // One that has ended holds memory, which thousands of them make felt.
      connection.once('end', () => open.delete(connection));
      return connection;
    },
  };
}

// Every test file has its own copy of this module.
afterAll(() => {
  for (const connection of open) connection.destroy();
});
