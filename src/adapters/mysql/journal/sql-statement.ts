import type { StatementRef } from '../../../core/failure.ts';
import type { SqlMode } from '../sql/sql-mode.ts';
import type { StatementKind } from '../sql/statement-kind.ts';
import { statementShape } from '../sql/statement-shape.ts';
import type { StatementTraits } from '../sql/statement-traits.ts';
import type { StatementDigest } from './statement-digest.ts';

/** One statement of a migration on its way to the server. */
export interface SqlStatement {
  /** Position in its migration, from 1. */
  readonly number: number;
  readonly sql: string;
  readonly bindings: readonly unknown[];
  readonly kind: Exclude<StatementKind, 'control'>;
  /** Whether it is several that could not be told apart. */
  readonly several: boolean;
  readonly digest: StatementDigest;
  /** Statements that are certain to follow if it succeeds, without values. */
  readonly following: readonly string[];
  /** Options that Knex hands the driver along with the query, such as `rowsAsArray`. */
  readonly options: object;
  readonly traits: StatementTraits;
  /** How the server reads it. */
  readonly mode: SqlMode;
}

/** The statement as a report may show it. */
export function statementRef({ number, sql }: Pick<SqlStatement, 'number' | 'sql'>): StatementRef {
  return { number, text: statementShape(sql) };
}
