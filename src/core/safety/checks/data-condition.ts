import type { ColumnDefinition } from '../table-definition.ts';

/** How the server rounds a number that has more digits: decimals away from zero, binary fractions to even ones. */
export type Rounding = 'away' | 'even';

/** A condition on one value of a column, as it is before the statement. NULL never meets it, but for `null`. */
export type ValueCondition =
  | { readonly is: 'null' }
  /** Outside of a range after rounding to so many fraction digits. Bounds are digits, as they may exceed a double. */
  | {
      readonly is: 'outside';
      readonly least: string;
      readonly most: string;
      readonly digits: number;
      readonly rounding: Rounding;
      /** Whether the value is a text, in which only numbers count. */
      readonly inText: boolean;
    }
  /** A fraction that rounding would change. */
  | { readonly is: 'rounded'; readonly digits: number; readonly inText: boolean }
  /** A number that a binary fraction of this size does not hold exactly. */
  | { readonly is: 'imprecise'; readonly as: 'float' | 'double' }
  | {
      readonly is: 'longer';
      readonly most: number;
      readonly unit: 'characters' | 'bytes';
      /** The character set in which the bytes count. */
      readonly charset?: string | undefined;
      /** Whether spaces at the end count, or whether only they exceed the length. */
      readonly spaces: 'count' | 'ignored' | 'only';
    }
  | { readonly is: 'shorter'; readonly least: number }
  | { readonly is: 'ends in spaces' }
  | { readonly is: 'not a number'; readonly as: 'integer' | 'decimal' }
  | { readonly is: 'not a time'; readonly as: 'date' | 'datetime' | 'time' | 'year' }
  | { readonly is: 'not json' }
  | {
      readonly is: 'not listed';
      readonly values: readonly string[];
      readonly collation?: string | undefined;
      /** Whether the value is a text, whose digits may be a position from this one on. */
      readonly positionsFrom?: 0 | 1 | undefined;
    }
  | { readonly is: 'not a set'; readonly values: readonly string[] }
  /** A text that is read as the position of a value in the list. */
  | { readonly is: 'a position'; readonly values: readonly string[]; readonly least: 0 | 1 }
  | { readonly is: 'removed from set'; readonly positions: readonly number[] }
  | { readonly is: 'not in charset'; readonly charset: string }
  | { readonly is: 'invalid text'; readonly charset: string }
  | { readonly is: 'not a timestamp' }
  | { readonly is: 'has a time of day' }
  | { readonly is: 'has fractions of seconds'; readonly digits: number }
  | { readonly is: 'zero date'; readonly parts: 'whole' | 'any' }
  | { readonly is: 'zero' }
  | { readonly is: 'empty text' }
  | { readonly is: 'any value' };

/** A part of a unique key, as it is after the statement. */
export interface KeyPart {
  /** The name of the column after the statement; absent for an expression. */
  readonly column?: ColumnDefinition | undefined;
  /** In characters, or bytes of a binary column. */
  readonly length?: number | undefined;
  /** As SQL over the columns after the statement. */
  readonly expression?: string | undefined;
}

/** A condition on whole rows as they are after the statement. */
export type RowCondition =
  | { readonly is: 'duplicate'; readonly parts: readonly KeyPart[] }
  /** An expression that is false; NULL passes. */
  | { readonly is: 'not true'; readonly clause: string }
  /** An expression that has a value no column of this type takes. */
  | { readonly is: 'computed'; readonly column: string; readonly condition: ValueCondition }
  | {
      readonly is: 'orphan';
      readonly columns: readonly string[];
      /** The table's name in the tenant now; absent if it is empty, because a pending migration creates it. */
      readonly parent?: string | undefined;
      readonly parentColumns: readonly string[];
    }
  | {
      readonly is: 'outside partitions';
      readonly method: string;
      readonly expression: string;
      readonly values: readonly string[];
    }
  /** Rows beyond so many. */
  | { readonly is: 'rows beyond'; readonly most: number }
  | { readonly is: 'any row' };
