/** Characters from which on it pays to leave something out. */
const LONG = 4_096;

/** `, (?, ?), (?, ?)`: the rows after the first one of an INSERT. */
const ROWS_OF_BINDINGS = /(?:, ?\((?:\?, ?)*\?\))+/g;

/**
 * A long text without rows of placeholders, which say nothing of the kind of a statement, or of its
 * shape, wherever they stand: a large INSERT has thousands of them.
 */
export function withoutRows(sql: string): string {
  return sql.length > LONG ? sql.replace(ROWS_OF_BINDINGS, '') : sql;
}
