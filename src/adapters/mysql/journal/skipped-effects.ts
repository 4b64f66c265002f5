import type { LostSession } from '../bookkeeping/session-left.ts';
import { namedIn } from '../sql/named-in.ts';
import type { SqlStatement } from './sql-statement.ts';

/**
 * Keeps track of what a session lacks when statements of an earlier attempt are not run again: the id of their last
 * insert, variables that they set, rows of temporary tables, their row count and warnings. The same
 * holds for variables and temporary tables that are made again from rows which later statements of that
 * attempt have changed. A statement that needs one of these would do something else than it was written
 * for.
 */
export class SkippedEffects {
  #insertId = false;
  #answers = false;
  #foundRows = false;
  /** Variables, in lower case, whose values are lost. */
  readonly #variables: Set<string>;
  /** Whether a statement that may have set any variable was skipped, and the variables set since. */
  #anyVariable = false;
  readonly #setSince = new Set<string>();
  readonly #temporary: Set<string>;
  readonly #emptied: Set<string>;
  readonly #prepared: Set<string>;
  /** Made again from rows of lasting tables, which nothing has changed so far. */
  readonly #remade = { variables: new Set<string>(), temporary: new Set<string>() };

  /** @param lost of the session of migrations before, if that has ended */
  constructor(lost?: LostSession) {
    this.#variables = new Set(lost?.variables);
    this.#temporary = new Set(lost?.temporary);
    this.#emptied = new Set(lost?.temporary);
    this.#prepared = new Set(lost?.prepared);
  }

  /** A statement was not run again. */
  skip(statement: SqlStatement): void {
    const { kind, sql, traits } = statement;
    if (kind === 'write' || kind === 'opaque' || kind === 'ddl') this.#outdateRemade(sql);
    // A temporary table is now as it was before this.
    if (kind === 'ddl' || kind === 'write' || kind === 'opaque') {
      for (const name of namedIn(statement, this.#temporary)) this.#emptied.add(name);
    }
    this.#answers = true;
    this.#foundRows = true;
    for (const name of traits.setsVariables) this.#variables.add(name);
    if (kind === 'opaque') {
      this.#anyVariable = true;
      this.#setSince.clear();
    }
    this.#insertId ||= traits.setsInsertId || kind === 'opaque';
  }

  /** A statement that is about the session only is run once more. */
  rerun({ sql, traits }: SqlStatement): void {
    const readsRows = /\b(?:FROM|LIKE)\b/i.test(sql);
    for (const name of traits.setsVariables) {
      this.#variables.delete(name);
      this.#setSince.add(name);
      if (readsRows) this.#remade.variables.add(name);
    }
    if (readsRows) for (const name of traits.temporary) this.#remade.temporary.add(name);
  }

  /** The thing that a statement lacks which is about to run, in words; `undefined` if it can run. */
  lackedBy(statement: SqlStatement): string | undefined {
    const { kind, sql, traits } = statement;
    const { asks } = traits;
    for (const name of traits.temporary) {
      this.#temporary.add(name);
      if (/^\s*CREATE\b/i.test(sql)) this.#emptied.delete(name);
    }
    if (this.#insertId && asks.insertId) return 'LAST_INSERT_ID()';
    if (this.#answers && asks.rowCount) return 'ROW_COUNT()';
    if (this.#foundRows && asks.foundRows) return 'FOUND_ROWS()';
    if (this.#answers && asks.diagnostics) return 'the warnings';
    const variable = traits.readsVariables.find((name) => this.#isLost(name));
    if (variable !== undefined) return `the variable @${variable}`;
    const { prepared } = traits;
    if (prepared?.verb === 'PREPARE') this.#prepared.delete(prepared.name);
    if (prepared?.verb === 'EXECUTE' && this.#prepared.has(prepared.name))
      return `the prepared statement ${prepared.name}`;
    const [emptied] = /^\s*DROP\b/i.test(sql) ? [] : namedIn(statement, this.#emptied);
    if (emptied !== undefined) return `rows of the temporary table ${emptied}`;
    this.#ran(kind, traits);
    return undefined;
  }

  #ran(kind: SqlStatement['kind'], { setsInsertId, setsVariables }: SqlStatement['traits']): void {
    if (setsInsertId && kind === 'write') this.#insertId = false;
    this.#answers = false;
    if (kind === 'read') this.#foundRows = false;
    for (const name of setsVariables) {
      this.#variables.delete(name);
      this.#setSince.add(name);
    }
  }

  #isLost(variable: string): boolean {
    if (this.#variables.has(variable)) return true;
    return this.#anyVariable && !this.#setSince.has(variable);
  }

  /** Values that were read again may come from rows that this statement of an earlier attempt has changed. */
  #outdateRemade(sql: string): void {
    if (/^\s*CREATE\b/i.test(sql)) return;
    for (const name of this.#remade.variables) this.#variables.add(name);
    for (const name of this.#remade.temporary) this.#emptied.add(name);
  }
}
