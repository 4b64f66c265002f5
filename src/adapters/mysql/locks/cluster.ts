import type { Connection, RowDataPacket } from 'mysql2';
import { ERRNO } from '../../server/errno.ts';
import { isServerError } from '../../server/server-error.ts';
import { query } from '../connection/query.ts';

/** A group of servers that take writes at the same time, each with advisory locks of its own. */
export interface Cluster {
  readonly kind: 'Galera' | 'Group Replication' | 'NDB Cluster';
  /** The node that this connection is on. */
  readonly node: string;
}

/**
 * The server's variables by name. A variable that a server does not have is an error if it is named,
 * and no row here. Each of the two servers takes the other's comment for one.
 */
const VARIABLES =
  '/*!80000 performance_schema.global_variables *//*M! information_schema.GLOBAL_VARIABLES */';

/**
 * Names of variables with the values that say: there may be others. A Galera node without a provider
 * is alone; Group Replication with a single primary has one server that takes writes; NDB is there in
 * every build of Debian's, and idle without a management server.
 */
const SIGNS = `(VARIABLE_NAME = 'wsrep_provider' AND VARIABLE_VALUE NOT IN ('', 'none'))
 OR (VARIABLE_NAME = 'group_replication_single_primary_mode' AND VARIABLE_VALUE = 'OFF')
 OR (VARIABLE_NAME = 'ndb_connectstring' AND VARIABLE_VALUE <> '')`;

/**
 * Statement that fails on a server of a cluster, so that nothing after it in the packet is run. It
 * costs a server half a millisecond; {@link isKnownAlone} says whether it can be left out.
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

/** A server does not join a cluster unnoticed: for so long what was found is believed. */
const BELIEVED_MS = 60_000;
const foundAlone = new Map<string, number>();

/** Whether the server at this address was found to be alone a moment ago; a run asks one server for thousands of tenants. */
export function isKnownAlone(connection: Connection): boolean {
  return performance.now() - (foundAlone.get(addressOf(connection)) ?? -Infinity) < BELIEVED_MS;
}

/** Remembers that the statement of {@link checkAlone} went through. */
export function rememberAlone(connection: Connection): void {
  foundAlone.set(addressOf(connection), performance.now());
}

/** The cluster that the server is part of; `undefined` if it is alone after all. */
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
