import { hash } from 'node:crypto';
import { type Connection, escapeId, type RowDataPacket } from 'mysql2';
import { ERRNO } from '../../server/errno.ts';
import { isServerError } from '../../server/server-error.ts';
import { query } from '../connection/query.ts';
import type { DdlObject } from '../sql/ddl-object.ts';

/** The state of a missing object. */
const ABSENT = 'absent';
/** The state of an existing object if only its existence was checked. */
const PRESENT = 'present';

/**
 * Errors that mean that an object does not exist: a table, view, routine, trigger, event or database.
 */
const MISSING: ReadonlySet<number> = new Set([
  ERRNO.ER_NO_SUCH_TABLE,
  ERRNO.ER_BAD_TABLE_ERROR,
  ERRNO.ER_WRONG_OBJECT,
  ERRNO.ER_SP_DOES_NOT_EXIST,
  ERRNO.ER_TRG_DOES_NOT_EXIST,
  ERRNO.ER_EVENT_DOES_NOT_EXIST,
  ERRNO.ER_BAD_DB_ERROR,
  ERRNO.ER_UNKNOWN_VIEW,
]);

/** The object's name for SQL, with its database if it has one. */
export function qualifiedName({ schema, name }: Pick<DdlObject, 'schema' | 'name'>): string {
  return schema === undefined
    ? escapeId(name, true)
    : `${escapeId(schema, true)}.${escapeId(name, true)}`;
}

/** The server's CREATE statement for an object; `undefined` if the object does not exist. */
export async function definitionOf(
  connection: Connection,
  object: DdlObject,
): Promise<string | undefined> {
  const { type } = object;
  try {
    const [row] = await query<RowDataPacket[]>(
      connection,
      `SHOW CREATE ${type} ${qualifiedName(object)}`,
    );
    if (row === undefined) return undefined;
    const column = Object.keys(row).find((key) => /^(Create |SQL Original)/.test(key));
    return String(column === undefined ? '' : row[column]);
  } catch (error) {
    if (!isServerError(error)) throw error;
    if (MISSING.has(error.errno)) return undefined;
    // A user who may create or drop a view may not be allowed to see its definition.
    if (error.errno === ERRNO.ER_TABLEACCESS_DENIED_ERROR && type === 'VIEW')
      return isListed(connection, object);
    throw error;
  }
}

/** The empty string if the server lists a table or view with that name, else `undefined`. */
async function isListed(
  connection: Connection,
  { schema, name }: Pick<DdlObject, 'schema' | 'name'>,
): Promise<string | undefined> {
  const rows = await query<RowDataPacket[]>(
    connection,
    'SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = COALESCE(?, DATABASE()) AND TABLE_NAME = ?',
    [schema ?? null, name],
  );
  return rows.length > 0 ? '' : undefined;
}

/** A short text that changes with the definition, but not with a table's counter, which changes with its rows. */
export function stateOf(definition: string | undefined): string {
  if (definition === undefined) return ABSENT;
  const lasting = definition.replace(/ AUTO_INCREMENT=\d+/, '');
  return hash('sha256', lasting, 'hex');
}

/** Whether the state may be unchanged. */
export function isSameState(before: string, now: string): boolean {
  return before === PRESENT ? now !== ABSENT : before === now;
}

/** The columns, keys and constraints in a table's definition; all names in lower case. */
export interface TableParts {
  readonly columns: ReadonlySet<string>;
  readonly keys: ReadonlySet<string>;
  readonly constraints: ReadonlySet<string>;
  readonly hasPrimaryKey: boolean;
}

/** Parses the result of `SHOW CREATE TABLE`. */
export function tableParts(definition: string): TableParts {
  const columns = new Set<string>();
  const keys = new Set<string>();
  const constraints = new Set<string>();
  let hasPrimaryKey = false;
  for (const line of definition.split('\n').slice(1)) {
    const part =
      /^ {2}(?:(CONSTRAINT|(?:UNIQUE |FULLTEXT |SPATIAL |VECTOR )?KEY) )?(`(?:[^`]|``)*`|"(?:[^"]|"")*")/.exec(
        line,
      );
    if (/^ {2}PRIMARY KEY/.test(line)) hasPrimaryKey = true;
    if (part === null) continue;
    const [, kind, quoted = ''] = part;
    const name = unquoted(quoted).toLowerCase();
    if (kind === undefined) columns.add(name);
    else if (kind === 'CONSTRAINT') constraints.add(name);
    else keys.add(name);
  }
  return { columns, keys, constraints, hasPrimaryKey };
}

/** Removes the quotes, which are double quotes if a migration has set ANSI_QUOTES. */
function unquoted(name: string): string {
  const quote = name.slice(0, 1);
  return name.slice(1, -1).replaceAll(quote + quote, quote);
}
