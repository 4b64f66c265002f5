import type { TestDatabase } from '../database.ts';
import { columnFact, type SchemaFacts } from './table-facts.ts';

/** The tables of a database as it describes them; Knex's own are left out. */
export async function databaseFacts(database: TestDatabase): Promise<SchemaFacts> {
  const columns = await rowsOf<ColumnRow>(
    database,
    `SELECT table_name AS tableName, column_name AS name, column_type AS type,
            is_nullable = 'YES' AS nullable, column_default AS defaultsTo, extra AS extra
     FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY ordinal_position`,
  );
  const keys = await rowsOf<KeyRow>(
    database,
    `SELECT table_name AS tableName, index_name AS name, MAX(non_unique) AS repeats,
            GROUP_CONCAT(column_name ORDER BY seq_in_index SEPARATOR ', ') AS columns_
     FROM information_schema.statistics WHERE table_schema = DATABASE() GROUP BY 1, 2`,
  );
  const foreignKeys = await rowsOf<ForeignKeyRow>(
    database,
    `SELECT c.table_name AS tableName, c.column_name AS column_, c.referenced_table_name AS target,
            c.referenced_column_name AS targetColumn, r.delete_rule AS onDelete, r.update_rule AS onUpdate
     FROM information_schema.key_column_usage c JOIN information_schema.referential_constraints r
       ON r.constraint_schema = c.table_schema AND r.constraint_name = c.constraint_name
     WHERE c.table_schema = DATABASE()`,
  );
  const names = [...new Set(columns.map(({ tableName }) => tableName))];
  const facts = names
    .filter((name) => !/^(?:knex|fanfold)_migrations/.test(name))
    .map((name) => {
      const of = <Row extends { tableName: string }>(rows: Row[]) =>
        rows.filter(({ tableName }) => tableName === name);
      const table = {
        columns: Object.fromEntries(of(columns).map((row) => [row.name, columnFactOf(row)])),
        keys: of(keys).map(keyFactOf).sort(),
        foreignKeys: of(foreignKeys).map(foreignKeyFactOf).sort(),
      };
      return [name, table] as const;
    });
  return Object.fromEntries(facts);
}

function columnFactOf({ type, nullable, defaultsTo, extra }: ColumnRow): string {
  // MariaDB still writes a display width, and NULL for a default that is none.
  const width = type.replace(/^((?:tiny|small|medium|big)?int)\(\d+\)/, '$1');
  const given = defaultsTo === 'NULL' ? null : defaultsTo;
  const [onUpdate = ''] = /on update.*/i.exec(extra) ?? [];
  return columnFact(
    width,
    nullable === 1,
    given === null ? null : [given, onUpdate].join(' ').trim(),
  );
}

function keyFactOf({ name, repeats, columns_ }: KeyRow): string {
  const word = name === 'PRIMARY' ? 'primary' : Number(repeats) === 0 ? 'unique' : 'index';
  return `${word} (${columns_})`;
}

function foreignKeyFactOf(row: ForeignKeyRow): string {
  return `(${row.column_}) to ${row.target} (${row.targetColumn}) on delete ${row.onDelete} on update ${row.onUpdate}`.toLowerCase();
}

async function rowsOf<Row>(database: TestDatabase, sql: string): Promise<Row[]> {
  return (await database.query(sql)) as Row[];
}

interface ColumnRow {
  readonly tableName: string;
  readonly name: string;
  readonly type: string;
  readonly nullable: number;
  readonly defaultsTo: string | null;
  readonly extra: string;
}

interface KeyRow {
  readonly tableName: string;
  readonly name: string;
  readonly repeats: number;
  readonly columns_: string;
}

interface ForeignKeyRow {
  readonly tableName: string;
  readonly column_: string;
  readonly target: string;
  readonly targetColumn: string;
  readonly onDelete: string;
  readonly onUpdate: string;
}
