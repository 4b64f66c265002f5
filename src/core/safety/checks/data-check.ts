import type { ColumnDefinition } from '../table-definition.ts';
import type { Refusal } from './conversion.ts';
import type { RowCondition, ValueCondition } from './data-condition.ts';

/** Kinds of rows that a statement does not take as they are. */
export const CHECK_KINDS = [
  'duplicates',
  'nulls',
  'too-long',
  'out-of-range',
  'loses-digits',
  'not-convertible',
  'not-listed',
  'lost-characters',
  'orphans',
  'violates-check',
  'outside-partitions',
  'zero-dates',
  'changes-values',
] as const;

export type CheckKind = (typeof CHECK_KINDS)[number];

/** The origin of a column's values: a column of the tenant's table as it is now, or what a new column gets. */
export type ColumnSource =
  | { readonly is: 'column'; readonly name: string; readonly definition: ColumnDefinition }
  | { readonly is: 'default'; readonly definition: ColumnDefinition }
  /** The values depend on what pending migrations do before. */
  | { readonly is: 'changed'; readonly by: string };

/** A column after the statement, and where its values come from. */
export interface SourcedColumn {
  readonly after: ColumnDefinition;
  readonly source: ColumnSource;
}

/** A question about the rows of one table, as the tenant has it now. */
export interface Question {
  /** The name that the table has now. */
  readonly table: string;
  /** In the order of the table after the statement. */
  readonly columns: readonly SourcedColumn[];
  /** Columns that name a row, as they are called now; empty if the table has no key. */
  readonly key: readonly ColumnDefinition[];
  readonly condition:
    | { readonly of: 'value'; readonly source: ColumnSource; readonly value: ValueCondition }
    | { readonly of: 'rows'; readonly rows: RowCondition };
}

/** Rows that a pending statement would fail at, or change silently, and how to ask for them. */
export interface DataCheck {
  /** Names it among the checks of a recording. */
  readonly id: string;
  readonly kind: CheckKind;
  readonly migration: string;
  /** Number of the statement in its migration. */
  readonly statement: number;
  /** The name of the table after the statement. */
  readonly table: string;
  /** Their names after the statement. */
  readonly columns: readonly string[];
  /** A sentence without its end: `tasks.title has values longer than 50 characters`. */
  readonly finds: string;
  readonly refused: Refusal;
  /** The `sql_mode` that the migrations set before; `null` if it is not known, absent if they set none. */
  readonly sqlMode?: string | null | undefined;
  /**
   * A migration that reads rows before, so that its code may change the ones that are found: on an empty scratch
   * database it had nothing to change.
   */
  readonly readBefore?: string | undefined;
  /** Absent if it cannot be asked now, for the reason in `blocked`. */
  readonly question?: Question | undefined;
  readonly blocked?: string | undefined;
}
