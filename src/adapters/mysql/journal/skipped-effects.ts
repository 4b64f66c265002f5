import type { LostSession } from '../bookkeeping/session-left.ts';
import { namedIn } from '../sql/named-in.ts';
import type { SqlStatement } from './sql-statement.ts';

/**
 * Tracks what a session lacks if statements of an earlier attempt are skipped: the id of their last insert,
 * variables that they set, rows of temporary tables, row counts and warnings. It also lacks variables and
 * temporary tables that are derived again from rows which later statements of that attempt have changed. A
 * statement that needs one of these would not do what it was written for.
 */
export class SkippedEffects {
  #insertId = false;
  #answers = false;
  #foundRows = false;
  /** Variables, in lower case, with lost values. */
  readonly #variables: Set<string>;
  /** Whether a skipped statement may have set any variable, and the variables set since. */
  #anyVariable = false;
  readonly #setSince = new Set<string>();
  readonly #temporary: Set<string>;
  readonly #emptied: Set<string>;
  readonly #prepared: Set<string>;
  /** Variables and temporary tables derived again from rows of permanent tables, which are unchanged so far. */
  readonly #rederived = { variables: new Set<string>(), temporary: new Set<string>() };

  /** @param lost the lost parts of the earlier migrations' session, if that has ended */
  constructor(lost?: LostSession) {
    this.#variables = new Set(lost?.variables);
    this.#temporary = new Set(lost?.temporary);
    this.#emptied = new Set(lost?.temporary);
    this.#prepared = new Set(lost?.prepared);
  }

  /** Records a statement that was skipped. */
  skip(statement: SqlStatement): void {
    const { kind, sql, traits } = statement;
    if (kind === 'write' || kind === 'opaque' || kind === 'ddl') this.#outdateRederived(sql);
    // The temporary table still has its state before the skipped statement.
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

  /** Records a statement about the session that was run again. */
  rerun({ sql, traits }: SqlStatement): void {
    const readsRows = /\b(?:FROM|LIKE)\b/i.test(sql);
    for (const name of traits.setsVariables) {
      this.#variables.delete(name);
      this.#setSince.add(name);
      if (readsRows) this.#rederived.variables.add(name);
    }
    if (readsRows) for (const name of traits.temporary) this.#rederived.temporary.add(name);
  }

  /** Objects that the next statement lacks, in words; `undefined` if it can run. */
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

  /** Marks values as lost that were read again from rows which this statement of an earlier attempt may have changed. */
  #outdateRederived(sql: string): void {
    if (/^\s*CREATE\b/i.test(sql)) return;
    for (const name of this.#rederived.variables) this.#variables.add(name);
    for (const name of this.#rederived.temporary) this.#emptied.add(name);
  }
}
