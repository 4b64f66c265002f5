import { type Connection, escapeId } from 'mysql2';
import type { CreateStatement } from '../../../core/shapes/shape.ts';
import type { ServerError } from '../../server/server-error.ts';
import { query } from '../connection/query.ts';
import { queryInTurn } from '../connection/query-in-turn.ts';
import { parseSqlMode } from '../sql/sql-mode.ts';
import type { ListedDatabase, ListedObject } from './list-objects.ts';
import { withoutOwnDatabase } from './own-database.ts';

/** The statements that create the objects of a database, or the reason why one of them could not be read. */
export type CreateTexts =
  | { readonly statements: readonly CreateStatement[] }
  | { readonly object: ListedObject; readonly error: ServerError | undefined };

/** Statements in one packet: their answers are held in memory together. */
const IN_ONE_PACKET = 500;

/**
 * Asks for the statement of each object. The database is made the default one first: servers then leave its name
 * out of views.
 */
export async function showCreate(
  connection: Connection,
  { name: database, objects }: ListedDatabase,
): Promise<CreateTexts> {
  const statements: CreateStatement[] = [];
  for (let at = 0; at < objects.length; at += IN_ONE_PACKET) {
    const some = objects.slice(at, at + IN_ONE_PACKET);
    const asked = await queryInTurn(connection, [
      `USE ${escapeId(database, true)}`,
      ...some.map(({ kind, name }) => `SHOW CREATE ${CREATE_WORDS[kind]} ${escapeId(name, true)}`),
    ]);
    if ('failed' in asked) {
      const object = some[Math.max(asked.failed - 1, 0)];
      if (object === undefined) throw asked.error;
      return { object, error: asked.error };
    }
    for (const [index, object] of some.entries()) {
      const [row] = asked.answers[index + 1] as unknown as Row[];
      const statement = statementOf(object, row ?? {}, database);
      if (statement === undefined) return { object, error: undefined };
      statements.push(statement);
    }
  }
  return { statements };
}

type Row = Readonly<Record<string, unknown>>;

/** The word of each kind after `SHOW CREATE`. */
export const CREATE_WORDS: Readonly<Record<ListedObject['kind'], string>> = {
  table: 'TABLE',
  sequence: 'SEQUENCE',
  view: 'VIEW',
  trigger: 'TRIGGER',
  procedure: 'PROCEDURE',
  function: 'FUNCTION',
  package: 'PACKAGE',
  'package body': 'PACKAGE BODY',
  library: 'LIBRARY',
  event: 'EVENT',
};

/** `undefined` if the server shows that the object exists, and hides its text. */
function statementOf(
  { kind, name }: ListedObject,
  row: Row,
  database: string,
): CreateStatement | undefined {
  const column = Object.keys(row).find((each) => /^(?:create |sql original)/i.test(each));
  const sql = row[column ?? ''];
  if (typeof sql !== 'string' || sql === '') return undefined;
  const sqlMode = row.sql_mode === undefined ? undefined : String(row.sql_mode);
  const own = withoutOwnDatabase(sql, database, parseSqlMode(sqlMode ?? ''));
  if (kind === 'table') return { kind, name, sql: withoutCounter(own) };
  return {
    kind,
    name,
    sql: own.replaceAll('\r\n', '\n'),
    sqlMode,
    timeZone: row.time_zone === undefined ? undefined : String(row.time_zone),
  };
}

/** The counter of generated ids moves with every row. */
function withoutCounter(sql: string): string {
  return sql.replace(/^(\)(?: \/\*.*?\*\/)? ENGINE=\S+) AUTO_INCREMENT=\d+/m, '$1');
}

/** The session in which definitions are read: it can change nothing, and gives way to a session that holds a lock. */
export async function beReadOnly(connection: Connection): Promise<void> {
  await query(
    connection,
    `SET SESSION TRANSACTION READ ONLY; SET SESSION sql_mode = '', SESSION sql_quote_show_create = 1, SESSION lock_wait_timeout = ${LOCK_WAIT}`,
  );
}

/** Seconds. A migration that is under way may hold a table for as long as it runs. */
const LOCK_WAIT = 5;
