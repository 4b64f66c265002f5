/** The minimum length for which removing rows is worthwhile. */
const LONG = 4_096;

/** Matches the rows after the first one of an INSERT: `, (?, ?), (?, ?)`. */
const ROWS_OF_BINDINGS = /(?:, ?\((?:\?, ?)*\?\))+/g;

/**
 * Removes rows of placeholders from a long text. They are irrelevant for the kind and the shape of a
 * statement, and a large INSERT has thousands of them.
 */
export function withoutRows(sql: string): string {
  return sql.length > LONG ? sql.replace(ROWS_OF_BINDINGS, '') : sql;
}
