import type { SqlMode } from './sql-mode.ts';
import { type StatementKind, statementTraits } from './statement-traits.ts';

export type { StatementKind } from './traits.ts';

/** The kind of a statement; `several` if it could not be split. */
export function statementKind(sql: string, several = false, mode?: SqlMode): StatementKind {
  return statementTraits(sql, mode, several).kind;
}
