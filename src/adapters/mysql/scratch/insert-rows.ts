import type { Connection } from 'mysql2';
import type { CellText, ContentColumn } from '../../../core/safety/rehearsal/database-contents.ts';
import { query } from '../connection/query.ts';
import { inPackets } from './query-texts.ts';
import { quote } from './read-contents.ts';
import { valueLiteral } from './value-literal.ts';

/** Rows of one INSERT. */
const ROWS_AT_ONCE = 200;

type Column = Pick<ContentColumn, 'name' | 'type'>;

/** Inserts rows that were read as text. */
export async function insertRows(
  connection: Connection,
  table: string,
  columns: readonly Column[],
  rows: readonly (readonly CellText[])[],
): Promise<void> {
  for (const packet of inPackets(insertStatements(table, columns, rows))) {
    await query(connection, packet.join(';\n'));
  }
}

/** The INSERT statements of rows. */
export function insertStatements(
  table: string,
  columns: readonly Column[],
  rows: readonly (readonly CellText[])[],
): string[] {
  const names = columns.map(({ name }) => quote(name)).join(', ');
  const tuples = rows.map(
    (row) => `(${columns.map((column, index) => valueLiteral(row[index], column)).join(', ')})`,
  );
  const statements: string[] = [];
  for (let at = 0; at < tuples.length; at += ROWS_AT_ONCE) {
    const some = tuples.slice(at, at + ROWS_AT_ONCE).join(', ');
    statements.push(`INSERT INTO ${quote(table)} (${names}) VALUES ${some}`);
  }
  return statements;
}
