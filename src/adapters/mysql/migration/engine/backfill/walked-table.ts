import { type Connection, escapeId, type RowDataPacket } from 'mysql2';
import { query } from '../../../connection/query.ts';
import { backfillRefused } from './backfill-refused.ts';
import { type KeyColumn, keyKind } from './key-column.ts';

/** A table whose primary key can be walked. */
export interface WalkedTable {
  /** Quoted, with its database. */
  readonly quoted: string;
  readonly key: readonly KeyColumn[];
  /** The number of rows that the server estimates. */
  readonly rowsExpected: number | undefined;
  /** Columns on which a generated column of the key depends, in lower case. */
  readonly keySources: string;
}

interface TableRow extends RowDataPacket {
  readonly type: string;
  readonly engine: string | null;
  readonly transactions: string | null;
  readonly expected: number | string | null;
}

interface ColumnRow extends RowDataPacket {
  readonly name: string;
  readonly part: number | null;
  readonly dataType: string;
  readonly charset: string | null;
  readonly collation: string | null;
  readonly extra: string | null;
  readonly generation: string | null;
}

const TABLE = `SELECT t.TABLE_TYPE AS type, t.ENGINE AS engine, e.TRANSACTIONS AS transactions, t.TABLE_ROWS AS expected
  FROM information_schema.TABLES t LEFT JOIN information_schema.ENGINES e ON e.ENGINE = t.ENGINE
  WHERE t.TABLE_SCHEMA = ? AND t.TABLE_NAME = ?`;

const KEY = `SELECT s.COLUMN_NAME AS name, s.SUB_PART AS part, c.DATA_TYPE AS dataType, c.CHARACTER_SET_NAME AS charset,
    c.COLLATION_NAME AS collation, c.EXTRA AS extra, c.GENERATION_EXPRESSION AS generation
  FROM information_schema.STATISTICS s JOIN information_schema.COLUMNS c
    ON c.TABLE_SCHEMA = s.TABLE_SCHEMA AND c.TABLE_NAME = s.TABLE_NAME AND c.COLUMN_NAME = s.COLUMN_NAME
  WHERE s.TABLE_SCHEMA = ? AND s.TABLE_NAME = ? AND s.INDEX_NAME = 'PRIMARY' ORDER BY s.SEQ_IN_INDEX`;

/** Reads a table and its primary key. Throws `BackfillRefused` if its rows cannot be walked in transactions. */
export async function readWalkedTable(
  connection: Connection,
  database: string,
  table: string,
): Promise<WalkedTable> {
  const [found] = await query<TableRow[]>(connection, TABLE, [database, table]);
  const name = JSON.stringify(table);
  if (found === undefined) {
    throw backfillRefused(
      `The table ${name} of the backfill does not exist.`,
      'Correct its name, or create it in an earlier migration.',
    );
  }
  if (!/BASE TABLE|SYSTEM VERSIONED/i.test(found.type)) {
    throw backfillRefused(
      `The backfill names ${name}, which is not a table but a ${found.type.toLowerCase()}.`,
      'Name the table that holds the rows.',
    );
  }
  if (found.transactions !== 'YES') {
    throw backfillRefused(
      `The table ${name} is of the engine ${found.engine}, which has no transactions: a batch that is killed would be half done, and would be repeated.`,
      `Convert it first: ALTER TABLE ${escapeId(table, true)} ENGINE = InnoDB.`,
    );
  }
  const columns = await readKey(connection, database, table);
  if (columns.length === 0) {
    throw backfillRefused(
      `The table ${name} has no primary key by which its rows could be walked.`,
      'Add a primary key in an earlier migration.',
    );
  }
  return {
    quoted: `${escapeId(database, true)}.${escapeId(table, true)}`,
    key: columns.map((column) => keyColumn(column, name)),
    rowsExpected: found.expected === null ? undefined : Number(found.expected),
    keySources: columns.map(({ generation }) => (generation ?? '').toLowerCase()).join(' '),
  };
}

async function readKey(
  connection: Connection,
  database: string,
  table: string,
): Promise<ColumnRow[]> {
  const columns = await query<ColumnRow[]>(connection, KEY, [database, table]);
  if (columns.length > 0) return columns;
  // MySQL hides a primary key that it has generated if the session says so. MariaDB ignores the comment.
  const show = (value: string) =>
    `/*!80030 SET SESSION show_gipk_in_create_table_and_information_schema = ${value} */`;
  const [row] = await query<RowDataPacket[]>(
    connection,
    "SHOW SESSION VARIABLES LIKE 'show_gipk_in_create_table_and_information_schema'",
  );
  if (row?.Value !== 'OFF') return columns;
  await query(connection, show('ON'));
  try {
    return await query<ColumnRow[]>(connection, KEY, [database, table]);
  } finally {
    await query(connection, show('OFF'));
  }
}

function keyColumn(row: ColumnRow, table: string): KeyColumn {
  const { name, part, charset, collation } = row;
  const dataType = row.dataType.toLowerCase();
  const kind = keyKind(dataType);
  if (kind === undefined || part !== null) {
    const why =
      part === null
        ? `the type ${dataType}, by which rows cannot be walked`
        : 'only its first characters in the key, so that the server has no order of whole values';
    throw backfillRefused(
      `The column ${JSON.stringify(name)} of the primary key of ${table} has ${why}.`,
      'Give the table another primary key, or change its rows by a script.',
    );
  }
  if (/on update/i.test(row.extra ?? '')) {
    throw backfillRefused(
      `The column ${JSON.stringify(name)} of the primary key of ${table} changes with every update of its row: a changed row would be met again.`,
      'Remove ON UPDATE CURRENT_TIMESTAMP from the column, or give the table another primary key.',
    );
  }
  return {
    name,
    kind,
    dataType,
    ...(charset !== null && { charset }),
    ...(collation !== null && { collation }),
  };
}
