import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { type OwnServer, ownServerFolder, startOwnServer } from './own-server.ts';
import { testServer } from './server.ts';

/** Two real servers of this project's kind: a source, and its replica. */
export interface ReplicatedPair {
  readonly source: OwnServer;
  readonly replica: OwnServer;
  readonly isMariaDb: boolean;
  /** Connections of root. */
  readonly onSource: Connection;
  readonly onReplica: Connection;
  /** Starts and stops replication, or only a thread of it: `STOP ${words} SQL_THREAD`. */
  readonly words: 'REPLICA' | 'SLAVE';
  /** Returns when the replica has everything that the source has committed. */
  caughtUp(): Promise<void>;
  stop(): Promise<void>;
}

/** Why such servers cannot be started here; '' if they can. */
export function whyNoPair(): string {
  return ownServerFolder() === undefined ? ' (skipped: needs a server that it may start)' : '';
}

const CATCH_UP_MS = 30_000;

/** Starts the pair; the replica is connected and replicates row by row. */
export async function startReplicatedPair(): Promise<ReplicatedPair> {
  const isMariaDb = testServer().flavour === 'mariadb';
  const source = await startOwnServer();
  const replica = await startOwnServer();
  for (const [index, server] of [source, replica].entries()) {
    server.crash();
    await server.restart([
      `--server-id=${index + 1}`,
      '--log-bin=binlog',
      '--binlog-format=ROW',
      '--report-host=replica.internal',
    ]);
  }
  const onSource = await source.connection();
  const onReplica = await replica.connection();
  const [[place]] = await onSource.query<RowDataPacket[]>(
    isMariaDb ? 'SHOW MASTER STATUS' : 'SHOW BINARY LOG STATUS',
  );
  const words = isMariaDb ? 'SLAVE' : 'REPLICA';
  const of = (name: string) => (isMariaDb ? `MASTER_${name}` : `SOURCE_${name}`);
  await onReplica.query(
    `CHANGE ${isMariaDb ? 'MASTER' : 'REPLICATION SOURCE'} TO ${of('HOST')} = ?, ${of('PORT')} = ?, ${of('USER')} = ?, ${of('PASSWORD')} = ?, ${of('LOG_FILE')} = ?, ${of('LOG_POS')} = ?, ${of('CONNECT_RETRY')} = 1${isMariaDb ? '' : ', GET_SOURCE_PUBLIC_KEY = 1'}`,
    [source.host, source.port, source.user, source.password, place?.File, place?.Position],
  );
  await onReplica.query(`START ${words}`);
  return {
    source,
    replica,
    isMariaDb,
    onSource,
    onReplica,
    words,
    async caughtUp() {
      await onSource.query('CREATE DATABASE IF NOT EXISTS replication_marker');
      const table = 'replication_marker.reached';
      await onSource.query(`CREATE TABLE IF NOT EXISTS ${table} (id INT PRIMARY KEY)`);
      const id = Math.floor(Math.random() * 2 ** 31);
      await onSource.query(`INSERT INTO ${table} VALUES (?)`, [id]);
      for (const until = Date.now() + CATCH_UP_MS; Date.now() < until; await sleep(50)) {
        const seen = await onReplica
          .query<RowDataPacket[]>(`SELECT id FROM ${table} WHERE id = ?`, [id])
          .catch(() => [[]]);
        if (seen[0].length > 0) return;
      }
      const [[status]] = await onReplica.query<RowDataPacket[]>(`SHOW ${words} STATUS`);
      throw new Error(`The replica does not catch up: ${JSON.stringify(status)}`);
    },
    async stop() {
      onSource.destroy();
      onReplica.destroy();
      await replica.stop();
      await source.stop();
    },
  };
}
