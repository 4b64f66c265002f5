import type { Connection, RowDataPacket } from 'mysql2';
import type {
  DigestSnapshot,
  ReadDigests,
  StatementDigest,
} from '../../core/digests/statement-digest.ts';
import { FanfoldError } from '../../core/errors.ts';
import type { ConnectionLogin } from '../../core/ports.ts';
import { type ConnectionOptions, usingConnection } from './connection/connection.ts';
import { query } from './connection/query.ts';

/** In milliseconds. The server sums up in memory. */
const TIMEOUT_MS = 10_000;
/** The statements of a database that took the longest altogether. */
const MOST_STATEMENTS = 1_000;

interface SettingsRow extends RowDataPacket {
  readonly isOn: number;
  readonly size: number;
  readonly version: string;
}

interface DigestRow extends RowDataPacket, StatementDigest {}

/**
 * Creates the function that reads what a server has counted of the statements in a tenant's database, from the
 * performance schema. Reads and writes of rows only: DDL, and what reads the performance schema itself, say
 * nothing about the application.
 */
export function createReadDigests(
  options: Pick<ConnectionOptions, 'tls' | 'iamToken'>,
): ReadDigests {
  const connecting = { ...options, connectTimeoutMs: TIMEOUT_MS };
  return (login) =>
    usingConnection(login, connecting, async (connection) => {
      const [settings] = await query<SettingsRow[]>(
        connection,
        'SELECT @@performance_schema AS isOn, @@performance_schema_digests_size AS size, VERSION() AS version',
        [],
        TIMEOUT_MS,
      );
      if (Number(settings?.isOn) !== 1 || Number(settings?.size) === 0) {
        throw switchedOff(login, settings?.version ?? '');
      }
      const rows = await readRows(connection, login);
      if (rows.length === 0 && (await isFull(connection))) throw full(login);
      return snapshotOf(rows);
    });
}

async function readRows(connection: Connection, login: ConnectionLogin): Promise<DigestRow[]> {
  try {
    return await query<DigestRow[]>(
      connection,
      // Times are in picoseconds.
      `SELECT DIGEST AS digest, LEFT(DIGEST_TEXT, 500) AS text, COUNT_STAR AS count,
         SUM_TIMER_WAIT / 1000000000 + 0E0 AS timeMs, SUM_ROWS_EXAMINED AS rowsExamined, SUM_ERRORS AS errors
       FROM performance_schema.events_statements_summary_by_digest
       WHERE SCHEMA_NAME = ? AND DIGEST IS NOT NULL
         AND DIGEST_TEXT REGEXP '^[(]*(SELECT|WITH|INSERT|REPLACE|UPDATE|DELETE|CALL)'
         AND DIGEST_TEXT NOT LIKE '%performance_schema%'
       ORDER BY SUM_TIMER_WAIT DESC LIMIT ${MOST_STATEMENTS}`,
      [login.database],
      TIMEOUT_MS,
    );
  } catch (error) {
    const { errno } = error as { readonly errno?: unknown };
    if (errno === ER_TABLEACCESS_DENIED || errno === ER_DBACCESS_DENIED) throw notAllowed(login);
    throw error;
  }
}

/** Whether statements were counted under no digest, which happens once the table has no room for another one. */
async function isFull(connection: Connection): Promise<boolean> {
  const rows = await query<RowDataPacket[]>(
    connection,
    'SELECT 1 FROM performance_schema.events_statements_summary_by_digest WHERE DIGEST IS NULL AND COUNT_STAR > 0',
    [],
    TIMEOUT_MS,
  );
  return rows.length > 0;
}

const ER_DBACCESS_DENIED = 1044;
const ER_TABLEACCESS_DENIED = 1142;

function snapshotOf(rows: readonly DigestRow[]): DigestSnapshot {
  const statements = rows.map(({ digest, text, ...counters }) => ({
    digest,
    text,
    count: Number(counters.count),
    timeMs: Number(counters.timeMs),
    rowsExamined: Number(counters.rowsExamined),
    errors: Number(counters.errors),
  }));
  return {
    statements: new Map(statements.map((one) => [one.digest, one])),
    isCut: rows.length === MOST_STATEMENTS,
  };
}

function switchedOff({ host, port }: ConnectionLogin, version: string): FanfoldError {
  const isMariaDb = /mariadb/i.test(version);
  return new FanfoldError(
    'DigestsUnavailable',
    `The server ${host}:${port} does not count statements: its performance schema is off${isMariaDb ? ', as it is by default on MariaDB' : ''}.`,
    {
      fault: 'configuration',
      nextStep:
        'Set performance_schema=ON in the configuration of the server (on RDS in its parameter group) and restart it, or leave out "digest" of "watch".',
    },
  );
}

function full({ host, port, database }: ConnectionLogin): FanfoldError {
  return new FanfoldError(
    'DigestsUnavailable',
    `The server ${host}:${port} counts no statement of ${database}: its table of digests is full, and each kind of statement takes a row for each database.`,
    {
      fault: 'configuration',
      nextStep:
        'Raise performance_schema_digests_size (at most 1,048,576) and restart the server, or start over with: TRUNCATE TABLE performance_schema.events_statements_summary_by_digest. Then let the application run for a while.',
    },
  );
}

function notAllowed({ user, host, port }: ConnectionLogin): FanfoldError {
  return new FanfoldError(
    'DigestsUnavailable',
    `The user "${user}" may not read the statements that ${host}:${port} counts.`,
    {
      fault: 'configuration',
      nextStep: `Grant it, for every tenant of the canary: GRANT SELECT ON performance_schema.events_statements_summary_by_digest TO '${user}'@'…'; or leave out "digest" of "watch".`,
    },
  );
}
