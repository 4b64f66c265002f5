import type { StatementRef } from '../../../core/failure.ts';
import { statementShape } from '../../../core/migrate/statement-shape.ts';
import type { StatementKind } from '../sql/statement-kind.ts';
import type { StatementDigest } from './statement-digest.ts';
import type { Answer } from './stored-answer.ts';

/** Sends one packet as Knex would and gives the driver's answer. */
export type SendPacket = (sql: string, bindings: readonly unknown[]) => Promise<Answer>;

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
  /** What is certain to come behind it if it succeeds, without values. */
  readonly following: readonly string[];
  readonly send: SendPacket;
}

/** The statement as a report may show it. */
export function statementRef({ number, sql }: Pick<SqlStatement, 'number' | 'sql'>): StatementRef {
  return { number, text: statementShape(sql) };
}
