import type { Connection, RowDataPacket } from 'mysql2';
import { serverName } from '../../../core/tenant.ts';
import { query } from '../connection/query.ts';

/** The replicas that have told their source an address (`report_host`); the others are left out. Needs `REPLICATION SLAVE`. */
export async function readReplicaNames(
  connection: Connection,
  isMariaDb: boolean,
  timeoutMs?: number,
): Promise<string[]> {
  const sql = isMariaDb ? 'SHOW SLAVE HOSTS' : 'SHOW REPLICAS';
  const rows = await query<RowDataPacket[]>(connection, sql, [], timeoutMs);
  return rows.flatMap(({ Host, Port }) =>
    Host === undefined || Host === ''
      ? []
      : [serverName({ host: String(Host), port: Number(Port) })],
  );
}
