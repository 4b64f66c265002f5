import type { SqlFlavour } from './built-in-functions.ts';
import { readingsOf } from './executable-comments.ts';
import { DEFAULT_SQL_MODE, type SqlMode } from './sql-mode.ts';
import { sqlTokens } from './sql-tokens.ts';
import { TextMemo } from './text-memo.ts';
import type { StatementKind, StatementTraits } from './traits.ts';
import { opaqueTraits, traitsOfTokens } from './traits-of-tokens.ts';
import { withoutRows } from './without-rows.ts';

export type { StatementKind, StatementTraits } from './traits.ts';

/**
 * Determines the traits of a statement, as a session with this `sql_mode` reads it. `several`: the text
 * could not be split into statements. Without a flavour, only functions of both servers count as built in.
 */
export function statementTraits(
  sql: string,
  mode: SqlMode = DEFAULT_SQL_MODE,
  several = false,
  flavour?: SqlFlavour,
): StatementTraits {
  const key = JSON.stringify([mode, several, flavour]);
  return memo.of(sql, key, () => readTraits(sql, mode, several, flavour));
}

const memo = new TextMemo<StatementTraits>();

function readTraits(
  sql: string,
  mode: SqlMode,
  several: boolean,
  flavour: SqlFlavour | undefined,
): StatementTraits {
  const text = withoutRows(sql);
  const readings = several ? undefined : readingsOf(text, mode);
  if (readings === undefined) return opaqueTraits(sqlTokens(text, mode));
  const context = { flavour, ignoreSpace: mode.ignoreSpace === true };
  const all = readings.map((tokens) => traitsOfTokens(tokens, context));
  return all.reduce(worstOf);
}

/** Combines the traits of two readings of a statement into the worst case. */
function worstOf(one: StatementTraits, other: StatementTraits): StatementTraits {
  const union = (
    names: keyof StatementTraits & ('readsVariables' | 'setsVariables' | 'temporary'),
  ) => [...new Set([...one[names], ...other[names]])];
  return {
    kind: one.kind === other.kind ? one.kind : worseKind(one, other),
    isEmpty: one.isEmpty && other.isEmpty,
    callsUnknown: one.callsUnknown || other.callsUnknown,
    asks: {
      rowCount: one.asks.rowCount || other.asks.rowCount,
      foundRows: one.asks.foundRows || other.asks.foundRows,
      diagnostics: one.asks.diagnostics || other.asks.diagnostics,
      insertId: one.asks.insertId || other.asks.insertId,
    },
    setsInsertId: one.setsInsertId || other.setsInsertId,
    readsVariables: union('readsVariables'),
    setsVariables: union('setsVariables'),
    changesSqlMode: one.changesSqlMode || other.changesSqlMode,
    changesAutocommit: one.changesAutocommit || other.changesAutocommit,
    changesDatabase: one.changesDatabase || other.changesDatabase,
    touchesLocks: one.touchesLocks || other.touchesLocks,
    temporary: union('temporary'),
    prepared: one.prepared ?? other.prepared,
    isVolatile: one.isVolatile || other.isVolatile,
  };
}

/** The worse of two kinds; an empty reading does not count, as of `/*!40101 SET NAMES utf8 *\/` on a server that skips it. */
function worseKind(one: StatementTraits, other: StatementTraits): StatementKind {
  if (one.kind === 'refused' || other.kind === 'refused') return 'refused';
  if ([one, other].every((each) => each.kind === 'read' || each.kind === 'write')) return 'write';
  const [kind] = [one, other].filter(({ isEmpty }) => !isEmpty).map((each) => each.kind);
  const isHarmless = (one.isEmpty || other.isEmpty) && kind !== undefined;
  return isHarmless && ['session', 'read', 'write'].includes(kind) ? kind : 'opaque';
}
