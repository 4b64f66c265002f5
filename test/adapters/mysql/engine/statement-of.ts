import type { SqlStatement } from '../../../../src/adapters/mysql/journal/sql-statement.ts';
import { hashStatement } from '../../../../src/adapters/mysql/journal/statement-hashes.ts';
import { DEFAULT_SQL_MODE } from '../../../../src/adapters/mysql/sql/sql-mode.ts';
import { statementTraits } from '../../../../src/adapters/mysql/sql/statement-traits.ts';

/** Creates a statement of a migration as the engine does. */
export function statementOf(sql: string, bindings: readonly unknown[] = []): SqlStatement {
  const traits = statementTraits(sql, DEFAULT_SQL_MODE, false, 'mysql');
  if (traits.kind === 'control') throw new Error(`It has no number: ${sql}`);
  return {
    number: 1,
    sql,
    bindings,
    kind: traits.kind,
    several: false,
    together: 1,
    hashes: hashStatement(sql, bindings),
    following: [],
    options: {},
    traits,
    mode: DEFAULT_SQL_MODE,
  };
}
