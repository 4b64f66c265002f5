import type { EmbeddedServer } from '../src/adapters/local/embedded-server/contract.ts';
import { startEmbeddedServer } from '../src/adapters/local/embedded-server.ts';

/** Finds or starts a database server for the time of `work`. */
export async function usingServer<Result>(
  notice: (message: string) => void,
  work: (server: EmbeddedServer) => Promise<Result>,
): Promise<Result> {
  // Everything committed here is thrown away within a minute: it need not survive a power cut.
  const server = await startEmbeddedServer({ durable: false, notice });
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

/** Whether the server is somebody's own, so that other databases are on it, and it stays. */
export function isGiven(server: EmbeddedServer): boolean {
  return server.source === 'FANFOLD_MYSQL_URL';
}

/** `MariaDB 10.11.14`, without the rest of what the server calls itself. */
export function describeServer({ flavour, version }: EmbeddedServer): string {
  return `${flavour === 'mariadb' ? 'MariaDB' : 'MySQL'} ${version.split('-')[0]}`;
}
