import type { Connection } from 'mysql2/promise';
import { GROUND, ROWS, tablesOf, type VerdictKind } from './verdict-kinds.ts';

/** The clauses in the order of mildness; each asks the server on tables with rows. */
export const CLAUSES: readonly (readonly [words: string, clause: string])[] = [
  ['instant', 'ALGORITHM=INSTANT'],
  ['in place, without lock', 'ALGORITHM=INPLACE, LOCK=NONE'],
  ['in place, blocks writes', 'ALGORITHM=INPLACE, LOCK=SHARED'],
  ['in place, blocks reads and writes', 'ALGORITHM=INPLACE, LOCK=EXCLUSIVE'],
  ['copies the table, without lock', 'ALGORITHM=COPY, LOCK=NONE'],
  ['copies the table, blocks writes', 'ALGORITHM=COPY, LOCK=SHARED'],
  ['copies the table, blocks reads and writes', 'ALGORITHM=COPY, LOCK=EXCLUSIVE'],
];

/** The rows that a statement wrote into a new table; `undefined` if the server refuses it. */
export async function affectedRows(
  connection: Connection,
  sql: string,
): Promise<number | undefined> {
  return connection.query(sql).then(
    ([header]) => (header as { affectedRows: number }).affectedRows,
    () => undefined,
  );
}

/** Makes the tables of a kind anew, with rows. */
export async function fillTables(connection: Connection, kind: VerdictKind): Promise<void> {
  const tables = tablesOf(kind);
  const rows = [
    ...tables.map((table) => ROWS[table]),
    ...(kind.tables ?? []).map((table) => table.fill),
  ];
  const statements = [
    ...rebuilding(tables),
    ...rebuildingOwn(kind),
    ...rows,
    ...(kind.after ?? []),
  ];
  await connection.query(statements.join(';'));
}

export const ALL_TABLES = Object.keys(GROUND) as (keyof typeof GROUND)[];

/** The statements that make a kind's own tables anew. */
export function rebuildingOwn({ tables = [] }: VerdictKind): string[] {
  const names = tables.map(({ create }) => /TABLE (\w+)/.exec(create)?.[1] ?? '');
  return [
    ...names.toReversed().map((name) => `DROP TABLE IF EXISTS ${name}`),
    ...tables.map(({ create }) => create),
  ];
}

/** The statements that make tables anew, in an order in which parents come first. */
export function rebuilding(tables: readonly (keyof typeof GROUND)[]): string[] {
  return [
    'SET foreign_key_checks = 0',
    `DROP TABLE IF EXISTS ${[...tables, 'naked'].join(', ')}`,
    ...tables.map((table) => GROUND[table]),
    'SET foreign_key_checks = 1',
  ];
}

/**
 * The statement with a clause where a person would put it: at the end, or first before commands about partitions.
 * `undefined` if the statement demands another way itself.
 */
export function withClause(
  { sql, own = {}, plain = sql }: VerdictKind,
  clause: string,
): string | undefined {
  const [, algorithm, lock] = /ALGORITHM=(\w+)(?:, LOCK=(\w+))?/.exec(clause) ?? [];
  if (own.algorithm !== undefined && own.algorithm !== algorithm) return undefined;
  if (own.lock !== undefined && lock !== undefined && own.lock !== lock) return undefined;
  const wanted = [
    ...(own.algorithm === undefined ? [`ALGORITHM=${algorithm}`] : []),
    ...(own.lock === undefined && lock !== undefined ? [`LOCK=${lock}`] : []),
  ];
  if (wanted.length === 0) return plain;
  if (!plain.startsWith('ALTER')) return `${plain} ${wanted.join(' ')}`;
  const [, table = '', rest = ''] = /^(ALTER TABLE \w+) (.*)$/.exec(plain) ?? [];
  if (/^(?:REMOVE PARTITIONING|PARTITION BY)/.test(rest))
    return `${table} ${wanted.join(', ')} ${rest}`;
  return /PARTITION|ORDER BY/.test(rest)
    ? `${table} ${wanted.join(', ')}, ${rest}`
    : `${plain}, ${wanted.join(', ')}`;
}
