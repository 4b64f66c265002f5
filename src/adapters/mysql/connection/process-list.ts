import type { Connection, RowDataPacket } from 'mysql2';
import { isServerError } from '../../server/server-error.ts';
import { query } from './query.ts';

/**
 * The table of a server's process list; each server treats the other's part as a comment. Never read
 * `information_schema.PROCESSLIST` of MySQL: every query on it fails (3854) as long as any visible session runs a
 * statement with a character of four bytes, because its INFO is utf8mb3. MariaDB shows such characters as `?`.
 *
 * MySQL's table cuts INFO at 1,024 bytes, and at a byte that is not UTF-8. It may show too little: nothing if
 * `performance_schema` is off, and not every session if it ran out of memory for them.
 */
export const PROCESS_LIST =
  '/*!80022 performance_schema.processlist *//*M! information_schema.PROCESSLIST */';

/** Another session of the server, as its process list shows it. */
export interface Process {
  readonly id: number;
  readonly user: string;
  readonly database: string | null;
  readonly command: string;
  /** Seconds in its current state. */
  readonly seconds: number;
  readonly state: string | null;
  /** The beginning of the running statement; `null` if there is none. */
  readonly info: string | null;
  /** The progress of a statement on MariaDB: the stage, how many there are, and the percentage within it. */
  readonly stage?: number | undefined;
  readonly stages?: number | undefined;
  readonly progress?: number | undefined;
}

/** Values of which a session must have one, for each column that is given. Case does not matter. */
export interface ProcessFilter {
  readonly id?: readonly number[];
  readonly user?: readonly string[];
  readonly database?: readonly string[];
  readonly command?: readonly string[];
  readonly state?: readonly string[];
}

const COLUMNS: readonly (readonly [keyof ProcessFilter, string])[] = [
  ['id', 'ID'],
  ['user', 'USER'],
  ['database', 'DB'],
  ['command', 'COMMAND'],
  ['state', 'STATE'],
];

/** How much of a statement is read, in characters. */
const LONGEST = 2_000;

/** The number of sessions for which MySQL's table had no memory. */
const LOST =
  "/*!80022 , (SELECT VARIABLE_VALUE FROM performance_schema.global_status WHERE VARIABLE_NAME = 'Performance_schema_thread_instances_lost') AS lost */";
const SELECT = `SELECT ID AS id, USER AS user, DB AS \`database\`, COMMAND AS command, TIME AS seconds, STATE AS state,
    LEFT(INFO, ${LONGEST}) AS info, ID = CONNECTION_ID() AS isOwn ${LOST}
    /*M! , STAGE AS stage, MAX_STAGE AS stages, PROGRESS AS progress */
  FROM ${PROCESS_LIST}`;

interface ProcessRow extends RowDataPacket, Omit<Process, 'user' | 'seconds'> {
  readonly user: string | null;
  readonly seconds: number | null;
  readonly isOwn: number;
  readonly lost?: string | null;
}

/**
 * Reads the other sessions of the server that match: those of the same user, or with the PROCESS privilege those of
 * all users. The row of this connection is read too: without it the table does not show every session, and
 * SHOW PROCESSLIST is read, which needs no performance schema but sends the whole text of each statement.
 */
export async function readOtherSessions(
  connection: Connection,
  filter: ProcessFilter = {},
  timeoutMs?: number,
): Promise<Process[]> {
  const given = COLUMNS.flatMap(([key, column]) => {
    const values: readonly (string | number)[] | undefined = filter[key];
    return values === undefined ? [] : [{ key, column, values }];
  });
  if (given.some(({ values }) => values.length === 0)) return [];
  const condition = given.map(({ column }) => `${column} IN (?)`).join(' AND ') || 'TRUE';
  const rows = await query<ProcessRow[]>(
    connection,
    `${SELECT} WHERE ${condition} OR ID = CONNECTION_ID()`,
    given.map(({ values }) => values),
    timeoutMs,
  ).catch((error: unknown) => {
    // MySQL before 8.0.22 has no such table.
    if (isServerError(error)) return [];
    throw error;
  });
  const own = rows.find(({ isOwn }) => Number(isOwn) === 1);
  if (own !== undefined && Number(own.lost ?? 0) === 0) {
    return rows.filter((row) => row !== own).map(toProcess);
  }
  const shown = await showOtherSessions(connection, timeoutMs);
  return shown.filter((session) =>
    given.every(({ key, values }) => values.some((value) => isSame(value, session[key]))),
  );
}

/** Reads the other sessions by SHOW PROCESSLIST, which works on every server and with every text. */
async function showOtherSessions(connection: Connection, timeoutMs?: number): Promise<Process[]> {
  const [[own] = [], rows = []] = await query<RowDataPacket[][]>(
    connection,
    'SELECT CONNECTION_ID() AS id; SHOW FULL PROCESSLIST',
    [],
    timeoutMs,
  );
  return rows
    .filter(({ Id: id }) => Number(id) !== Number(own?.id))
    .map(({ Id: id, User: user, db: database, Command: command, Time: seconds, ...row }) =>
      toProcess({
        ...{ id, user, database, command, seconds, state: row.State },
        info: row.Info === null ? null : String(row.Info).slice(0, LONGEST),
      }),
    );
}

function isSame(one: string | number, other: string | number | null): boolean {
  return other !== null && String(one).toLowerCase() === String(other).toLowerCase();
}

function toProcess(row: Pick<ProcessRow, keyof Process>): Process {
  const { id, user, database, command, seconds, state, info, stage, stages, progress } = row;
  return {
    ...{ id: Number(id), user: user ?? '', database, command, seconds: Number(seconds ?? 0) },
    ...{ state, info, stage, stages, progress },
  };
}
