import type { Connection, RowDataPacket } from 'mysql2';
import { ERRNO } from '../../server/errno.ts';
import { isServerError } from '../../server/server-error.ts';
import { query } from '../connection/query.ts';

/** A group of servers that accept writes at the same time, each with separate advisory locks. */
export interface Cluster {
  readonly kind: 'Galera' | 'Group Replication' | 'NDB Cluster';
  /** The node of this connection. */
  readonly node: string;
}

/**
 * The table of the server's variables: naming a missing variable directly would be an error, but here it is only
 * a missing row. Each server treats the other's part as a comment.
 */
const VARIABLES =
  '/*!80000 performance_schema.global_variables *//*M! information_schema.GLOBAL_VARIABLES */';

/**
 * Matches variables that show that there may be other nodes. A Galera node without a provider is standalone; in
 * Group Replication with a single primary, only one server accepts writes; NDB is part of every Debian build,
 * but idle without a management server.
 */
const SIGNS = `(VARIABLE_NAME = 'wsrep_provider' AND VARIABLE_VALUE NOT IN ('', 'none'))
 OR (VARIABLE_NAME = 'group_replication_single_primary_mode' AND VARIABLE_VALUE = 'OFF')
 OR (VARIABLE_NAME = 'ndb_connectstring' AND VARIABLE_VALUE <> '')`;

/**
 * The statement that fails on a server of a cluster, so nothing after it in the packet runs. It costs the server
 * half a millisecond, and can be omitted if {@link isKnownAlone}.
 */
export function checkAlone(): string {
  return `SET @fanfold_alone = (SELECT EXP(IF(COUNT(*) = 0, 0, 1000)) FROM ${VARIABLES} WHERE ${SIGNS})`;
}

/** Whether a packet ended with the statement of {@link checkAlone}. */
export function isClustered(error: unknown): boolean {
  return (
    isServerError(error) &&
    error.errno === ERRNO.ER_DATA_OUT_OF_RANGE &&
    /count\(/i.test(error.sqlMessage)
  );
}

/** The time in milliseconds for which a result stays valid, because a server does not join a cluster suddenly. */
const VALID_MS = 60_000;
const foundAlone = new Map<string, number>();

/** Whether the server at this address was recently found to be standalone; a run may use one server for thousands of tenants. */
export function isKnownAlone(connection: Connection): boolean {
  return performance.now() - (foundAlone.get(addressOf(connection)) ?? -Infinity) < VALID_MS;
}

/** Remembers that the statement of {@link checkAlone} succeeded. */
export function rememberAlone(connection: Connection): void {
  foundAlone.set(addressOf(connection), performance.now());
}

/** The cluster of the server; `undefined` if it is standalone after all. */
export async function readCluster(connection: Connection): Promise<Cluster | undefined> {
  const rows = await query<RowDataPacket[]>(
    connection,
    `SELECT VARIABLE_NAME AS name, VARIABLE_VALUE AS value FROM ${VARIABLES}
     WHERE ${SIGNS} OR VARIABLE_NAME IN ('hostname', 'port', 'server_id', 'wsrep_node_name', 'wsrep_on', 'group_replication_group_name')`,
  );
  const values = new Map(
    rows.map(({ name, value }) => [String(name).toLowerCase(), String(value)] as const),
  );
  const node = ['wsrep_node_name', 'hostname', 'port', 'server_id']
    .map((name) => values.get(name) ?? '')
    .join('/');
  if (values.has('ndb_connectstring')) return { kind: 'NDB Cluster', node };
  if (values.has('wsrep_provider') && values.get('wsrep_on') !== 'OFF')
    return { kind: 'Galera', node };
  if (values.get('group_replication_group_name')) return { kind: 'Group Replication', node };
  return undefined;
}

function addressOf({ config }: Connection): string {
  return `${config.host}:${config.port}`;
}
