/** The kinds of definitions that a database consists of. */
export type DefinitionKind =
  /** The database's own character set and collation, with which new tables begin. */
  | 'database'
  /** That a table exists. Its parts are definitions of their own. */
  | 'table'
  | 'column'
  /** The order of a table's columns. */
  | 'column order'
  | 'index'
  | 'foreign key'
  | 'check'
  /** An option of a table, such as its engine, collation or comment. */
  | 'option'
  | 'partitions'
  | 'view'
  | 'sequence'
  | 'trigger'
  | 'procedure'
  | 'function'
  | 'package'
  | 'package body'
  | 'library'
  | 'event'
  /** A kind of object that the login cannot see, so that nothing is known about it. */
  | 'unseen';

/**
 * One definition of a database: the unit in which shapes are compared. The server itself has written its text; what
 * does not matter is left out, as docs/explanation/safety.md lists it.
 */
export interface Definition {
  readonly kind: DefinitionKind;
  /** The table that it belongs to. */
  readonly table?: string | undefined;
  /** Constraints that the server has named are called by their content, in parentheses. */
  readonly name: string;
  readonly text: string;
}

/** Identifies a definition within its shape. */
export function definitionKey({ kind, table = '', name }: Definition): string {
  return `${kind}\0${table}\0${name}`;
}

/** The text of a definition of the kind `column order`. */
export function columnOrderText(columns: readonly string[]): string {
  return columns.map((column) => `\`${column}\``).join(', ');
}
