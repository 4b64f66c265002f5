import type { RowDataPacket } from 'mysql2';
import { startEmbeddedServer } from '../src/adapters/local/embedded-server.ts';
import { send, usingConnection } from './connection.ts';
import type { ServerLogin } from './server-login.ts';

/** Runs `work` on the server that the URL names, or on one that is started and ended for it. */
export async function usingServer<Result>(
  url: string | undefined,
  work: (login: ServerLogin) => Promise<Result>,
): Promise<Result> {
  const server = await startEmbeddedServer({
    environment: { ...process.env, FANFOLD_MYSQL_URL: url },
    notice: (message) => console.error(message),
  });
  try {
    const { host, port, user, password } = server;
    return await work({ host, port, user, password });
  } finally {
    await server.stop();
  }
}

/** Settings that determine the speed of a server, in one line. */
export function describeServer(login: ServerLogin): Promise<string> {
  return usingConnection(login, undefined, async (connection) => {
    const [row] = await send<RowDataPacket[]>(
      connection,
      'SELECT VERSION() AS version, @@innodb_flush_log_at_trx_commit AS flushed, @@log_bin AS logged, @@sync_binlog AS synced',
    );
    const binaryLog = row?.logged === 1 ? `on (sync_binlog=${row.synced})` : 'off';
    return `server ${row?.version}, innodb_flush_log_at_trx_commit=${row?.flushed}, binary log ${binaryLog}`;
  });
}
