import type { Connection, RowDataPacket } from 'mysql2';
import { ERRNO } from '../../../server/errno.ts';
import { isServerError } from '../../../server/server-error.ts';
import { query } from '../../connection/query.ts';
import type { SqlStatement } from '../../journal/sql-statement.ts';
import { namedIn, type ReadText } from '../../sql/named-in.ts';
import { DEFAULT_SQL_MODE } from '../../sql/sql-mode.ts';
import { statementTraits } from '../../sql/statement-traits.ts';

/** Special objects in the session's database that statements can reach. Names are in lower case. */
interface Reach {
  /**
   * Tables with an engine without transactions, and MariaDB's sequences, whose values a rollback does not
   * restore; if there are any, also all views and tables with triggers, which may lead to them.
   */
  readonly untransacted: ReadonlySet<string>;
  /** Views that call a function that is not built in, directly or through another view. */
  readonly calling: ReadonlySet<string>;
  /** Whether the session's limits prevented the query, so that anything may be reached. */
  readonly isUnknown: boolean;
}

/** Runs a query of the engine. */
type Reading = <Result>(read: () => Promise<Result>) => Promise<Result>;

/**
 * Finds facts that the text of a statement does not show: a table without transactions, whose rows a rollback
 * does not undo, and a view that calls a function, which may write. The server is asked once, with the first
 * statement about rows.
 */
export class SchemaReach {
  readonly #connection: Connection;
  #reach: Reach | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Whether a write may reach a table without transactions: by its name, a view, a trigger or a function. */
  async writesForGood(statement: SqlStatement, reading: Reading): Promise<boolean> {
    const reach = await this.#ask(reading);
    const { untransacted } = reach;
    if (untransacted.size === 0) return reach.isUnknown;
    const isUnknown = statement.kind === 'opaque' || statement.traits.callsUnknown;
    return isUnknown || namesAny(statement, untransacted);
  }

  /** Whether a query may write: through a view that calls a function. */
  async mayWrite(statement: SqlStatement, reading: Reading): Promise<boolean> {
    // Knex queries information_schema to check whether tables and columns exist.
    if (!NAMES_ROWS.test(statement.sql) || /\binformation_schema\b/i.test(statement.sql)) {
      return false;
    }
    const { calling } = await this.#ask(reading);
    return calling.size > 0 && namesAny(statement, calling);
  }

  /**
   * Forgets the facts if a statement may have changed them. `isAltered`: tables may get an engine other than
   * InnoDB without naming it.
   */
  forget(sql: string, isAltered = true): void {
    const isAbout = isAltered ? ALTERED : USUAL;
    if (isAbout.test(sql)) this.#reach = undefined;
  }

  async #ask(reading: Reading): Promise<Reach> {
    this.#reach ??= await reading(() => readReach(this.#connection));
    return this.#reach;
  }
}

/** Matches reads of rows; SHOW and the like name tables but do not evaluate views. */
const NAMES_ROWS =
  /^(?!\W*(?:SHOW|DESC|DESCRIBE|EXPLAIN|HELP|CHECKSUM)\b)[\s\S]*\b(?:FROM|TABLE|JOIN)\b/i;

const USUAL = /\b(?:ENGINE|LIKE|RENAME|USE|TRIGGER|VIEW|SEQUENCE)\b/i;
const ALTERED = /\b(?:ENGINE|LIKE|RENAME|USE|TRIGGER|VIEW|SEQUENCE|CREATE)\b/i;

const TABLES = `SELECT t.TABLE_NAME AS name FROM information_schema.TABLES AS t
  WHERE t.TABLE_SCHEMA = DATABASE() AND (t.TABLE_TYPE = 'SEQUENCE' OR t.ENGINE NOT IN
    (SELECT ENGINE FROM information_schema.ENGINES WHERE TRANSACTIONS = 'YES'))`;
const VIEWS =
  'SELECT TABLE_NAME AS name, VIEW_DEFINITION AS definition FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE()';
const TRIGGERS =
  'SELECT EVENT_OBJECT_TABLE AS name FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = DATABASE()';

async function readReach(connection: Connection): Promise<Reach> {
  try {
    const [tables = [], views = []] = await query<RowDataPacket[][]>(
      connection,
      `${TABLES};\n${VIEWS}`,
    );
    const names = (rows: readonly RowDataPacket[]) => rows.map(({ name }) => lower(name));
    const triggers = tables.length === 0 ? [] : await query<RowDataPacket[]>(connection, TRIGGERS);
    const untransacted =
      tables.length === 0 ? [] : [...names(tables), ...names(views), ...names(triggers)];
    return {
      untransacted: new Set(untransacted),
      calling: callingViews(views),
      isUnknown: false,
    };
  } catch (error) {
    if (!isServerError(error) || error.errno !== ERRNO.ER_TOO_BIG_SELECT) throw error;
    return { untransacted: new Set(), calling: new Set(), isUnknown: true };
  }
}

/** The views that call functions. Repeats until no view is added, because views use other views. */
function callingViews(views: readonly RowDataPacket[]): ReadonlySet<string> {
  const calling = new Set<string>();
  for (let before = -1; before < calling.size; ) {
    before = calling.size;
    for (const { name, definition } of views) {
      const sql = String(definition ?? '');
      // Without the privilege to see the definition, the view may contain anything.
      const calls = sql === '' || statementTraits(sql).callsUnknown;
      if (calls || namesAny({ sql, mode: DEFAULT_SQL_MODE }, calling)) calling.add(lower(name));
    }
  }
  return calling;
}

function namesAny(text: ReadText, names: ReadonlySet<string>): boolean {
  return namedIn(text, names).length > 0;
}

function lower(name: unknown): string {
  return String(name).toLowerCase();
}
