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
  /** The value that existing rows get if the column is new, as SQL; absent for generated and numbered columns. */
  readonly defaultSql?: string | undefined;
  /** Whether the default is an expression, which the server evaluates for each row. */
  readonly isDefaultExpression: boolean;
  readonly generated?: 'virtual' | 'stored' | undefined;
  /** The expression of a generated column, as SQL. */
  readonly expression?: string | undefined;
  readonly isAutoIncrement: boolean;
  /** Absent for columns without text. */
  readonly charset?: string | undefined;
  /** Absent for columns without text. */
  readonly collation?: string | undefined;
  /** The greatest number of bytes of a text. */
  readonly maxBytes?: number | undefined;
  /** The values of an ENUM or SET in order. */
  readonly values?: readonly string[] | undefined;
}

/** A part of an index: a column, or the first characters (bytes of binary columns) of one, or an expression. */
export interface IndexPart {
  readonly column?: string | undefined;
  readonly length?: number | undefined;
  /** As SQL. */
  readonly expression?: string | undefined;
}

/** An index as the server describes it. */
export interface IndexDefinition {
  /** `PRIMARY` for the primary key. */
  readonly name: string;
  readonly isUnique: boolean;
  /** Columns in order; an expression counts as a column with its text. */
  readonly columns: readonly string[];
  /** The same, apart. */
  readonly parts?: readonly IndexPart[] | undefined;
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

/** A check constraint as the server describes it. */
export interface CheckDefinition {
  readonly name: string;
  /** As SQL. */
  readonly clause: string;
  readonly isEnforced: boolean;
}

/** The partitions of a table as the server describes them. */
export interface PartitionDefinition {
  /** In upper case: `RANGE`, `LIST COLUMNS`, `HASH`. */
  readonly method: string;
  /** As SQL. */
  readonly expression: string;
  /** The bound or the values of each partition in order, as SQL; empty for partitions without. */
  readonly values: readonly string[];
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
  readonly checkDefinitions?: readonly CheckDefinition[] | undefined;
  readonly partitions?: PartitionDefinition | undefined;
}
