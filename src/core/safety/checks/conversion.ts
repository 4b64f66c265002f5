import type { ColumnDefinition } from '../table-definition.ts';
import type { ColumnType } from './column-type.ts';
import type { ValueCondition } from './data-condition.ts';

/**
 * The reaction of the server to a row that meets a condition:
 * - `always`: it refuses the statement
 * - `strict`: it refuses it in strict mode, and changes the value silently without
 * - `never`: it changes the value silently
 * - `deletes`: it deletes rows without an error
 * - `unseen`: it keeps the row as it is, because it does not look
 */
export type Refusal = 'always' | 'strict' | 'never' | 'deletes' | 'unseen';

/** Values that a new definition of a column does not take as they are. */
export interface Conversion {
  readonly condition: ValueCondition;
  readonly refused: Refusal;
}

/** A column before and after a statement, and the server that converts it. */
export interface ColumnPair {
  readonly before: ColumnDefinition;
  readonly after: ColumnDefinition;
  readonly from: ColumnType;
  readonly to: ColumnType;
  readonly isMariaDb: boolean;
}
