import type { StatementRef } from '../../../core/failure.ts';
import type { SqlMode } from '../sql/sql-mode.ts';
import type { StatementKind } from '../sql/statement-kind.ts';
import { statementShape } from '../sql/statement-shape.ts';
import type { StatementTraits } from '../sql/statement-traits.ts';
import type { StatementHashes } from './statement-hashes.ts';

/** A statement of a migration before it is sent to the server. */
export interface SqlStatement {
  /** The position in its migration; starts at 1. */
  readonly number: number;
  readonly sql: string;
  readonly bindings: readonly unknown[];
  readonly kind: Exclude<StatementKind, 'control'>;
  /** Whether the text has several statements that could not be separated. */
  readonly several: boolean;
  /** How many statements the text had that the migration sent, with this one. */
  readonly together: number;
  readonly hashes: StatementHashes;
  /** The statements that certainly follow if it succeeds, without values. */
  readonly following: readonly string[];
  /** The options that Knex passes to the driver with the query, such as `rowsAsArray`. */
  readonly options: object;
  readonly traits: StatementTraits;
  /** The mode in which the server reads it. */
  readonly mode: SqlMode;
}

/** The statement without data, as reports show it. */
export function statementRef({ number, sql }: Pick<SqlStatement, 'number' | 'sql'>): StatementRef {
  return { number, text: statementShape(sql) };
}
