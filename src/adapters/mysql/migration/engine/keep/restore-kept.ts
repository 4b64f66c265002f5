import { escapeId, type RowDataPacket } from 'mysql2';
import type { OwnNote } from '../../../../../core/outcome.ts';
import { countOf } from '../../../../../core/wording/count-of.ts';
import { KEPT_OF_BACKFILL, type KeptRecord, readKept } from '../../../bookkeeping/kept-table.ts';
import type { KnexTables } from '../../../bookkeeping/knex-tables.ts';
import { query } from '../../../connection/query.ts';
import { definitionOf } from '../../../journal/object-state.ts';
import type { MigrationStatements } from '../migration-statements.ts';
import { readTableFacts } from './table-facts.ts';

/**
 * Brings back what the `up` of a migration has dropped, after its `down` has run: values of columns by the primary
 * key, and a table in the place of the empty one that `down` has made. Its statements are journaled as those of the
 * migration, so that an attempt that is killed resumes. Whatever cannot be restored exactly stays kept, with a note.
 *
 * @returns the names of the kept tables that were restored
 */
export async function restoreKept(
  migration: string,
  statements: MigrationStatements,
  tables: Pick<KnexTables, 'kept'>,
): Promise<string[]> {
  const { sender, session } = statements;
  const { connection } = session;
  const listed = await sender.reading(() => readKept(connection, tables, migration));
  const restored: string[] = [];
  for (const record of newestOfEach(listed)) {
    const restorer = new Restorer(record, statements);
    const why = record.columns.length === 0 ? await restorer.table() : await restorer.columns();
    if (why === undefined) restored.push(record.name);
    session.keptNotes.push(why === undefined ? restoredNote(record) : leftNote(record, why));
  }
  return restored;
}

/** The newest record of each statement and table: a killed attempt has left others. The last statement comes first. */
function newestOfEach(listed: readonly KeptRecord[]): KeptRecord[] {
  const seen = new Set<string>();
  const newest = listed.filter(({ statement, table, restoredAt }) => {
    const of = `${statement} ${table}`;
    const isFirst = !seen.has(of);
    seen.add(of);
    return isFirst && restoredAt === undefined && statement !== KEPT_OF_BACKFILL;
  });
  return newest.sort((a, b) => b.statement - a.statement || (a.name < b.name ? -1 : 1));
}

class Restorer {
  readonly #record: KeptRecord;
  readonly #statements: MigrationStatements;

  constructor(record: KeptRecord, statements: MigrationStatements) {
    this.#record = record;
    this.#statements = statements;
  }

  /** Puts the table into its place. Returns why it could not. */
  async table(): Promise<string | undefined> {
    const { name, table, definition } = this.#record;
    // An earlier attempt has decided, and may have been killed between the two statements.
    if (!this.#statements.replay.isNextKnown) {
      if ((await this.#factsOf(name)) === undefined) return 'its rows are not there any more.';
      const there = await this.#definitionOf(table);
      if (there !== undefined) {
        if (plain(there) !== plain(definition))
          return `\`down\` makes the table \`${table}\` with another definition.`;
        if (await this.#hasRows(table)) return `the table \`${table}\` has rows.`;
        const facts = await this.#factsOf(table);
        if ((facts?.obstacles.length ?? 0) > 0)
          return `the table \`${table}\` that \`down\` makes cannot be replaced. ${facts?.obstacles.join(' ')}`;
      }
    }
    await this.#run(`DROP TABLE IF EXISTS ${this.#named(table)}`);
    await this.#run(`RENAME TABLE ${this.#named(name)} TO ${this.#named(table)}`);
    return undefined;
  }

  /** Writes the values into their columns. Returns why it could not. */
  async columns(): Promise<string | undefined> {
    const { name, table, columns, keys } = this.#record;
    const facts = await this.#factsOf(table);
    if (facts === undefined) return `there is no table \`${table}\`.`;
    if ((await this.#factsOf(name)) === undefined) return 'its values are not there any more.';
    const known = new Set(facts.columns.map((column) => column.name));
    const missing = [...keys, ...columns].filter((column) => !known.has(column));
    if (missing.length > 0) return `the table \`${table}\` has no column ${missing.join(', ')}.`;
    if (facts.hasUpdateTrigger) return `the table \`${table}\` has a trigger that would run.`;
    // Otherwise the server would set them to now.
    const touched = facts.columns.filter((each) => each.isTouched && !columns.includes(each.name));
    const sets = [
      ...columns.map((each) => `t.${quoted(each)} = kept.${quoted(each)}`),
      ...touched.map((each) => `t.${quoted(each.name)} = t.${quoted(each.name)}`),
    ];
    const on = keys.map((each) => `t.${quoted(each)} = kept.${quoted(each)}`).join(' AND ');
    await this.#run(
      `UPDATE ${this.#named(table)} AS t JOIN ${this.#named(name)} AS kept ON ${on} SET ${sets.join(', ')}`,
    );
    return undefined;
  }

  async #run(sql: string): Promise<void> {
    await this.#statements.run({ sql, bindings: [] });
  }

  #factsOf(name: string) {
    const { sender, session } = this.#statements;
    const { connection, database: schema } = session.facts;
    const of = { schema, name, isMariaDb: session.isMariaDB };
    return sender.reading(() => readTableFacts(connection, of));
  }

  #definitionOf(name: string): Promise<string | undefined> {
    const { sender, session } = this.#statements;
    const { connection, database: schema } = session.facts;
    return sender.reading(() => definitionOf(connection, { type: 'TABLE', schema, name }));
  }

  async #hasRows(table: string): Promise<boolean> {
    const { sender, session } = this.#statements;
    const rows = await sender.reading(() =>
      query<RowDataPacket[]>(session.connection, `SELECT 1 FROM ${this.#named(table)} LIMIT 1`),
    );
    return rows.length > 0;
  }

  #named(table: string): string {
    return `${quoted(this.#statements.session.facts.database)}.${quoted(table)}`;
  }
}

/** A definition without its counter, and without the order of the indexes. */
function plain(definition: string): string {
  const lines = definition.replace(/ AUTO_INCREMENT=\d+/, '').split('\n');
  return lines
    .map((line) => line.replace(/,$/, ''))
    .toSorted()
    .join('\n');
}

function quoted(name: string): string {
  return escapeId(name, true);
}

function subjectOf({ table, columns }: KeptRecord): string {
  return columns.length === 0 ? `The table ${table}` : `${table}.${columns.join(', ')}`;
}

function restoredNote(record: KeptRecord): OwnNote {
  return {
    code: 'KeptRestored',
    message: `${subjectOf(record)} has its ${countOf(record.rows, 'row')} again.`,
  };
}

function leftNote(record: KeptRecord, why: string): OwnNote {
  return {
    code: 'KeptNotRestored',
    message: `${subjectOf(record)} was not restored, because ${why} Its ${countOf(record.rows, 'row')} stay in ${record.name}.`,
  };
}
