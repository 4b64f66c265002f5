import type { Connection } from 'mysql2';
import type {
  RecordedMigration,
  SentStatement,
  TableChange,
} from '../../../core/safety/recording.ts';
import type { TableDefinition } from '../../../core/safety/table-definition.ts';
import { ERRNO } from '../../server/errno.ts';
import { isServerError } from '../../server/server-error.ts';
import type { SqlStatement } from '../journal/sql-statement.ts';
import type { PacketAnswers } from '../migration/engine/send-packet.ts';
import type { StatementObserver } from '../migration/engine/statement-observer.ts';
import { isExecutableComment } from '../sql/executable-comments.ts';
import { renamesIn, type SqlRename } from '../sql/renames-in.ts';
import { sqlTokens } from '../sql/sql-tokens.ts';
import { changesBetween } from './changes-between.ts';
import { otherDatabases } from './other-databases.ts';
import { type ReadDefinitionsOptions, readDefinitions } from './read-definitions.ts';
import { readTableNumbers, rebuildsOf, type TableNumbers } from './read-table-numbers.ts';
import { sendForVerdict } from './send-for-verdict.ts';
import { shownStatement } from './shown-statement.ts';

/** How many tokens of a statement rules look at; a large INSERT has millions. */
const MOST_TOKENS = 5_000;

/**
 * Records the statements of migrations on a scratch database. Definitions are sent in the mildest way that the
 * server accepts, which is its verdict, and the tables are read again after each, over a second connection: what
 * a migration asks about its own previous statement stays as it is.
 */
export class StatementRecorder implements StatementObserver {
  readonly #reader: Connection;
  readonly #database: string;
  readonly #hidden: ReadonlySet<string>;
  readonly #isMariaDb: boolean;
  readonly #migrations: { readonly id: string; readonly statements: SentStatement[] }[] = [];
  readonly #tables = new Map<string, TableDefinition>();
  #checksForeignKeys = true;
  #checksConstraints = true;
  #sqlMode: string | null | undefined;
  #seesNumbers = true;
  /** Whether the migration has set how ALTER is carried out, so that the mildest way is not the server's. */
  #setsAlgorithm = false;

  /**
   * @param reader a connection to the same database
   * @param of.hidden tables that are not the migrations', in lower case
   */
  constructor(reader: Connection, { database, hidden, isMariaDb }: ReadDefinitionsOptions) {
    this.#isMariaDb = isMariaDb;
    this.#reader = reader;
    this.#database = database;
    this.#hidden = hidden;
  }

  /** The statements so far. */
  get migrations(): readonly RecordedMigration[] {
    return this.#migrations;
  }

  /** Reads all tables, so that those that exist already count as nobody's change. */
  async readAll(): Promise<void> {
    await this.#readChanges(undefined);
  }

  started(migration: string): void {
    this.#migrations.push({ id: migration, statements: [] });
  }

  async send(
    statement: SqlStatement,
    text: string,
    send: (text: string) => Promise<PacketAnswers>,
  ): Promise<PacketAnswers> {
    if (statement.kind !== 'ddl') {
      const answers = await send(text);
      if (answers.error === undefined) this.#noteSettings(statement);
      const changes = statement.kind === 'opaque' ? await this.#readChanges(undefined) : [];
      this.#add(statement, text, { changes, isRefused: answers.error !== undefined });
      return answers;
    }
    const names = namesIn(text, statement);
    const numbersBefore = await this.#numbersOf(names);
    const { answers, verdict } = await sendForVerdict(
      text,
      { mode: statement.mode, isMariaDb: this.#isMariaDb },
      send,
    );
    const isRefused = answers.error !== undefined;
    const renames = renamesIn(text, statement.mode);
    const changes = isRefused ? [] : await this.#readChanges(names, renames);
    const rebuilds = isRefused
      ? undefined
      : rebuildsOf(numbersBefore, await this.#numbersOf(names));
    const isUnsure = this.#setsAlgorithm && verdict.how !== 'definition';
    this.#add(statement, text, {
      changes,
      isRefused,
      ...(rebuilds !== undefined && { rebuilds }),
      ...(!isRefused && { verdict: isUnsure ? SETS_ALGORITHM : verdict }),
    });
    return answers;
  }

  streamed(statement: SqlStatement): void {
    this.#add(statement, statement.sql, { changes: [], isRefused: false });
  }

  #add(
    statement: SqlStatement,
    text: string,
    found: Pick<SentStatement, 'changes' | 'isRefused' | 'rebuilds' | 'verdict'>,
  ): void {
    const { number, kind, together, mode } = statement;
    const tokens = sqlTokens(text, mode, MOST_TOKENS);
    this.#migrations.at(-1)?.statements.push({
      number,
      kind,
      together,
      text: shownStatement(text, kind === 'ddl', mode),
      tokens: tokens.map(({ kind: of, text: own }) => tokenText(of, own)),
      renames: kind === 'ddl' ? renamesIn(statement.sql, mode) : [],
      otherDatabases: otherDatabases(tokens, this.#database),
      checksForeignKeys: this.#checksForeignKeys,
      checksConstraints: this.#checksConstraints,
      sqlMode: this.#sqlMode,
      ...found,
    });
  }

  #noteSettings({ kind, sql }: SqlStatement): void {
    if (kind !== 'session') return;
    const [, value] = /\bforeign_key_checks\b`?\s*:?=\s*'?(\w+)/i.exec(sql) ?? [];
    if (value !== undefined) this.#checksForeignKeys = !/^(?:0|off|false)$/i.test(value);
    const [, checks] = /\bcheck_constraint_checks\b`?\s*:?=\s*'?(\w+)/i.exec(sql) ?? [];
    if (checks !== undefined) this.#checksConstraints = !/^(?:0|off|false)$/i.test(checks);
    if (/\bsql_mode\b/i.test(sql)) this.#sqlMode = settledMode(sql);
    if (/\b(?:old_alter_table|alter_algorithm)\b/i.test(sql)) this.#setsAlgorithm = true;
  }

  /**
   * Reads the tables with these names again, or all of them; returns those that have changed. A renamed table is
   * one change, from its old definition to the new one, also if another table has taken its name.
   */
  async #readChanges(
    only: readonly string[] | undefined,
    renames: readonly SqlRename[] = [],
  ): Promise<TableChange[]> {
    const after = await this.#readTables(only);
    if (after === undefined) return [];
    const wanted = only && new Set(only.map((name) => name.toLowerCase()));
    const isWanted = (name: string) => wanted?.has(name.toLowerCase()) ?? true;
    const names = new Set([...[...this.#tables.keys()].filter(isWanted), ...after.keys()]);
    const changes = changesBetween(this.#tables, after, { names, renames });
    for (const name of names) {
      const now = after.get(name);
      if (now === undefined) this.#tables.delete(name);
      else this.#tables.set(name, now);
    }
    return changes;
  }

  /** `undefined` if this login may not see them; then nobody is asked again. */
  async #numbersOf(only: readonly string[] | undefined): Promise<TableNumbers | undefined> {
    if (!this.#seesNumbers) return undefined;
    const numbers = await readTableNumbers(this.#reader, {
      database: this.#database,
      isMariaDb: this.#isMariaDb,
      only,
    });
    this.#seesNumbers = numbers !== undefined;
    return numbers;
  }

  /** `undefined` if the migration has locked the tables: a later statement finds the change. */
  async #readTables(
    only: readonly string[] | undefined,
  ): Promise<ReadonlyMap<string, TableDefinition> | undefined> {
    if (only?.length === 0) return undefined;
    try {
      return await readDefinitions(this.#reader, {
        database: this.#database,
        hidden: this.#hidden,
        isMariaDb: this.#isMariaDb,
        only,
      });
    } catch (error) {
      if (isServerError(error) && error.errno === ERRNO.ER_LOCK_WAIT_TIMEOUT) return undefined;
      throw error;
    }
  }
}

/** Every name in a statement, among which are those of its tables; `undefined` for text that a server may read otherwise. */
function namesIn(text: string, { mode }: SqlStatement): string[] | undefined {
  const tokens = sqlTokens(text, mode, MOST_TOKENS);
  if (tokens.length === MOST_TOKENS || tokens.some(isExecutableComment)) return undefined;
  const names = tokens.filter(({ kind }) => kind === 'word' || kind === 'name');
  return [...new Set(names.map((token) => token.text))];
}

/** The mode that a statement sets: a literal, that of a new session (`undefined`), or one that is not known. */
function settledMode(sql: string): string | null | undefined {
  const [, mode, word] =
    /\bsql_mode\b`?\s*:?=\s*(?:['"]([\w, ]*)['"]|(DEFAULT\b))\s*(?:,|;|$)/i.exec(sql) ?? [];
  return mode ?? (word === undefined ? null : undefined);
}

const SETS_ALGORITHM = {
  how: 'unknown',
  why: 'the migration sets old_alter_table or alter_algorithm',
} as const;

function tokenText(kind: ReturnType<typeof sqlTokens>[number]['kind'], text: string): string {
  if (kind === 'word') return text.toUpperCase();
  return kind === 'name' ? `\`${text}\`` : text;
}
