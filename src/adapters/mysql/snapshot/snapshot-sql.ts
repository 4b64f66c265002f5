import { escape as escapeText } from 'mysql2';
import type { ContentColumn } from '../../../core/safety/rehearsal/database-contents.ts';
import type { SnapshotStatement } from '../../../core/snapshot/snapshot.ts';
import {
  NOW,
  type SnapshotCell,
  type SnapshotObject,
  type SnapshotSql,
} from '../../../core/snapshot/snapshot-ports.ts';
import { quote } from '../scratch/read-contents.ts';
import { valueLiteral } from '../scratch/value-literal.ts';

/** Zero in a numbered column stays zero; what older, more lenient migrations have written is accepted. */
const FOR_TABLES =
  "SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION', SESSION foreign_key_checks = 0, SESSION unique_checks = 1";

/** The SQL of a snapshot for MySQL and MariaDB. */
export const snapshotSql: SnapshotSql = {
  before: ({ charset, collation, objects }) =>
    [
      FOR_TABLES,
      // Without a name it is the connection's own database.
      `ALTER DATABASE CHARACTER SET ${charset} COLLATE ${collation}`,
      ...objects.filter(isTable).flatMap(createTable),
      'START TRANSACTION',
    ].map(together),
  after: ({ objects }) => [
    together('COMMIT'),
    ...inTheirModes(objects.filter((each) => !isTable(each))),
  ],
  insert: ({ name, columns }, rows) => {
    const names = columns.map((column) => quote(column.name)).join(', ');
    const tuples = rows.map(
      (row) => `(${columns.map((column, at) => literal(row[at], column)).join(', ')})`,
    );
    return together(`INSERT INTO ${quote(name)} (${names}) VALUES ${tuples.join(', ')}`);
  },
};

function together(sql: string): SnapshotStatement {
  return { sql, isAlone: false };
}

function isTable({ kind }: SnapshotObject): boolean {
  return kind === 'table' || kind === 'sequence';
}

function createTable({ kind, name, sql, state }: SnapshotObject): string[] {
  if (kind === 'table') return [withInheritedCollations(sql)];
  return [
    sql,
    ...(state === undefined ? [] : [`ALTER SEQUENCE ${quote(name)} RESTART WITH ${state}`]),
  ];
}

/** A column's name and type, and the collation after them, which MySQL shows even if it is the table's. */
const COLUMN =
  /^( {2}`(?:[^`]|``)+` \w+(?:\((?:'(?:[^'\\]|''|\\.)*'|[^()'])*\))?) COLLATE (\w+)(?=[ ,\n])/gm;

/**
 * Without the collations that columns have from their table: one that is written down is shown together with its
 * character set from then on.
 */
function withInheritedCollations(sql: string): string {
  const own = /\n\) ENGINE=[^\n]*? COLLATE=(\w+)/.exec(sql)?.[1];
  return sql.replace(COLUMN, (text, column: string, collation: string) =>
    collation === own ? column : text,
  );
}

function literal(cell: SnapshotCell, column: ContentColumn): string {
  // Six digits are rounded to those of the column.
  return cell === NOW ? 'CURRENT_TIMESTAMP(6)' : valueLiteral(cell, column);
}

/** Stored programs are read in the mode that they keep; it is set only when it changes. */
function inTheirModes(objects: readonly SnapshotObject[]): SnapshotStatement[] {
  let current: string | undefined;
  return objects.flatMap(({ kind, sql, session }) => {
    const mode = session.sql_mode ?? '';
    const statement = { sql, isAlone: kind !== 'view' };
    if (mode === current) return [statement];
    current = mode;
    return [together(`SET SESSION sql_mode = ${escapeText(mode)}`), statement];
  });
}
