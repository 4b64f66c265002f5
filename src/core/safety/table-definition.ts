/** A column as the server describes it. */
export interface ColumnDefinition {
  readonly name: string;
  /** From 1. */
  readonly position: number;
  /** With length and attributes, in lower case: `varchar(255)`, `int unsigned`, `enum('a','b')`. */
  readonly type: string;
  readonly isNullable: boolean;
  /** Whether an insert may leave it out: it has a default, is nullable, generated or numbered. */
  readonly hasDefault: boolean;
  /** The text of a default, as far as it has one. */
  readonly default?: string | undefined;
  /** Whether the default is an expression, which the server evaluates for each row. */
  readonly isDefaultExpression: boolean;
  readonly generated?: 'virtual' | 'stored' | undefined;
  readonly isAutoIncrement: boolean;
  /** Absent for columns without text. */
  readonly charset?: string | undefined;
  /** The greatest number of bytes of a text. */
  readonly maxBytes?: number | undefined;
}

/** An index as the server describes it. */
export interface IndexDefinition {
  /** `PRIMARY` for the primary key. */
  readonly name: string;
  readonly isUnique: boolean;
  /** Columns in order; an expression counts as a column with its text. */
  readonly columns: readonly string[];
  /** In upper case: `BTREE`, `FULLTEXT`, `SPATIAL`. */
  readonly type: string;
  /** Whether queries may use it: MySQL's `VISIBLE`, MariaDB's `NOT IGNORED`. */
  readonly isVisible: boolean;
}

/** A foreign key as the server describes it. */
export interface ForeignKeyDefinition {
  readonly name: string;
  readonly columns: readonly string[];
  readonly parent: string;
  readonly parentColumns: readonly string[];
}

/** A table or view as the server describes it. */
export interface TableDefinition {
  readonly name: string;
  readonly isView: boolean;
  /** Absent for a view. */
  readonly engine?: string | undefined;
  readonly charset?: string | undefined;
  readonly isPartitioned: boolean;
  readonly columns: readonly ColumnDefinition[];
  readonly indexes: readonly IndexDefinition[];
  readonly foreignKeys: readonly ForeignKeyDefinition[];
  /** The names of its check constraints. */
  readonly checks: readonly string[];
}
