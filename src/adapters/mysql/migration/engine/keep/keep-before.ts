import { hash } from 'node:crypto';
import { escapeId, type RowDataPacket } from 'mysql2';
import { cannotBeKept } from '../../../../../core/kept/kept-errors.ts';
import { formatBytes } from '../../../../../core/wording/format-bytes.ts';
import {
  createKeptTable,
  KEPT_PREFIX,
  type KeptRecord,
  keptRecord,
} from '../../../bookkeeping/kept-table.ts';
import type { KnexTables } from '../../../bookkeeping/knex-tables.ts';
import { query } from '../../../connection/query.ts';
import { definitionOf, qualifiedName } from '../../../journal/object-state.ts';
import type { SqlStatement } from '../../../journal/sql-statement.ts';
import type { DdlObject } from '../../../sql/ddl-object.ts';
import { lossesOf } from '../../../sql/losses.ts';
import type { PacketSender } from '../packet-sender.ts';
import { readTableFacts, type TableFacts } from './table-facts.ts';

/** The largest table whose columns are copied before they are dropped. */
const MOST_BYTES = 1024 ** 3;
/** So many characters of a table's name are in that of its kept values, for people. */
const NAME_LENGTH = 30;

/** The migration whose losses are kept. */
export interface Keeping {
  readonly migration: string;
  readonly runId: string;
  readonly tables: Pick<KnexTables, 'kept'>;
}

/**
 * Keeps aside what a statement is about to drop, and returns the text to send: a dropped table is renamed instead,
 * and the values of dropped columns are copied before.
 *
 * @param isNew whether this attempt has created the table, so that it has nobody's values
 * @throws FanfoldError `CannotBeKept`; nothing was dropped then
 */
export async function keepBefore(
  statement: SqlStatement,
  text: string,
  keeping: Keeping,
  sender: PacketSender,
  isNew: (table: DdlObject) => boolean,
): Promise<string> {
  const losses = statement.kind === 'ddl' ? lossesOf(text, sender.session.sqlMode) : undefined;
  if (losses === undefined) return text;
  if (losses.lost === 'unknown')
    throw cannotBeKept('what the statement drops', `nothing shows it (${losses.why}).`);
  if (sender.state.tablesLocked)
    throw cannotBeKept('what the statement drops', 'the migration has locked tables.');
  const keeper = new Keeper(statement.number, keeping, sender);
  if (losses.lost === 'columns') {
    if (!isNew(losses.table)) await keeper.copyColumns(losses.table, losses.columns);
    return text;
  }
  if (losses.tables.every(isNew)) return text;
  return (await keeper.renamed(losses.tables)) ?? text;
}

class Keeper {
  readonly #number: number;
  readonly #keeping: Keeping;
  readonly #sender: PacketSender;

  constructor(number: number, keeping: Keeping, sender: PacketSender) {
    this.#number = number;
    this.#keeping = keeping;
    this.#sender = sender;
  }

  /** Lists tables as kept, and returns the statement that renames them; `undefined` if none of them exists. */
  async renamed(tables: readonly DdlObject[]): Promise<string | undefined> {
    const renames: string[] = [];
    const records: Parameters<typeof keptRecord>[0][] = [];
    for (const table of tables) {
      const facts = await this.#factsOf(table);
      if (facts === undefined) continue;
      const subject = `the table \`${table.name}\``;
      if (facts.obstacles.length > 0) throw cannotBeKept(subject, facts.obstacles.join(' '));
      const record = await this.#record(table, facts, []);
      records.push(record);
      renames.push(`${qualifiedName(table)} TO ${this.#kept(record.name)}`);
    }
    if (renames.length === 0) return undefined;
    await this.#list(records);
    return `RENAME TABLE ${renames.join(', ')}`;
  }

  /** Copies the values of columns, with the primary key. */
  async copyColumns(table: DdlObject, columns: readonly string[]): Promise<void> {
    const facts = await this.#factsOf(table);
    // The server says that something is missing.
    if (facts === undefined) return;
    const known = new Map(facts.columns.map((each) => [each.name.toLowerCase(), each]));
    const lost = columns.flatMap((name) => {
      const column = known.get(name.toLowerCase());
      // A generated column comes back with its expression.
      return column === undefined || column.isGenerated ? [] : [column.name];
    });
    if (lost.length === 0) return;
    const subject = `${lost.length === 1 ? 'the column' : 'the columns'} ${lost.join(', ')} of \`${table.name}\``;
    const { keys, bytes } = facts;
    if (keys.length === 0)
      throw cannotBeKept(subject, 'the table has no primary key by which they could be restored.');
    if (keys.some(({ name }) => lost.includes(name)))
      throw cannotBeKept(subject, 'the primary key is among them.');
    if (bytes > MOST_BYTES)
      throw cannotBeKept(
        subject,
        `the table has ${formatBytes(bytes)}, and values are copied from tables of at most ${formatBytes(MOST_BYTES)}.`,
      );
    const record = await this.#record(table, facts, lost);
    const named = (name: string) => escapeId(name, true);
    const key = keys
      .map(({ name, prefix }) => (prefix === undefined ? named(name) : `${named(name)}(${prefix})`))
      .join(', ');
    const selected = [...keys.map(({ name }) => name), ...lost].map(named).join(', ');
    await this.#sender.commit();
    await this.#withoutLocks(async () => {
      await this.#own(`DROP TABLE IF EXISTS ${this.#kept(record.name)}`);
      await this.#own(
        `CREATE TABLE ${this.#kept(record.name)} (PRIMARY KEY (${key})) ENGINE=InnoDB AS SELECT ${selected} FROM ${qualifiedName(table)}`,
      );
    });
    await this.#list([record]);
  }

  async #record(table: DdlObject, facts: TableFacts, columns: readonly string[]) {
    const { connection } = this.#sender.session;
    const definition = await this.#sender.reading(() => definitionOf(connection, table));
    const [row] = await this.#sender.reading(() =>
      query<RowDataPacket[]>(
        connection,
        `SELECT COUNT(*) AS \`rows\` FROM ${qualifiedName(table)}`,
      ),
    );
    const { migration, runId } = this.#keeping;
    const of = [migration, runId, this.#number, table.name, ...columns].join('\0');
    const shown = table.name.replaceAll(/\W/g, '_').slice(0, NAME_LENGTH);
    return {
      name: `${KEPT_PREFIX}${hash('sha256', of, 'hex').slice(0, 12)}_${shown}`,
      table: table.name,
      columns,
      keys: facts.keys.map(({ name }) => name),
      migration,
      statement: this.#number,
      runId,
      rows: Number(row?.rows),
      bytes: facts.bytes,
      definition: definition ?? '',
    } satisfies Omit<KeptRecord, 'keptAt' | 'restoredAt'>;
  }

  async #list(records: readonly Parameters<typeof keptRecord>[0][]): Promise<void> {
    const { tables } = this.#keeping;
    await this.#sender.commit();
    await this.#own(createKeptTable(tables));
    await this.#sender.write(records.map((record) => keptRecord(record, tables)));
  }

  #factsOf(table: DdlObject): Promise<TableFacts | undefined> {
    const { connection, facts, isMariaDB: isMariaDb } = this.#sender.session;
    const { schema = facts.database, name } = table;
    if (schema !== facts.database || this.#sender.session.changedDatabase)
      throw cannotBeKept(`the table \`${name}\``, 'it is not in the database of the tenant.');
    return this.#sender.reading(() => readTableFacts(connection, { schema, name, isMariaDb }));
  }

  /** The name of a table with kept values, in the tenant's database. */
  #kept(name: string): string {
    const { database } = this.#sender.session.facts;
    return `${escapeId(database, true)}.${escapeId(name, true)}`;
  }

  async #own(sql: string): Promise<void> {
    await this.#sender.reading(() => query(this.#sender.session.connection, sql));
  }

  /** Copies without locks on the rows that are read, so that the application goes on writing. */
  async #withoutLocks(work: () => Promise<void>): Promise<void> {
    const { isMariaDB } = this.#sender.session;
    const variable = isMariaDB ? 'tx_isolation' : 'transaction_isolation';
    await this.#own(`SET @fanfold_isolation = @@SESSION.${variable}`);
    await this.#own(`SET SESSION ${variable} = 'READ-COMMITTED'`);
    try {
      await work();
    } finally {
      await this.#own(`SET SESSION ${variable} = @fanfold_isolation, @fanfold_isolation = NULL`);
    }
  }
}
