import { sqlTokens } from '../sql/sql-tokens.ts';
import type { SqlStatement } from './sql-statement.ts';

/**
 * What a session lacks when statements of an earlier attempt are not run again: the id of their last
 * insert, variables that they set, rows of temporary tables. The same holds for variables and temporary
 * tables that are made again from rows which later statements of that attempt have changed. A
 * statement that needs one of these would do something else than it was written for.
 */
export class SkippedEffects {
  #insertId = false;
  #variables = false;
  #rowCount = false;
  readonly #temporary = new Set<string>();
  readonly #emptied = new Set<string>();
  /** Made again from rows of lasting tables, which nothing has changed so far. */
  readonly #remade = { variables: false, temporary: new Set<string>() };

  /** A statement was not run again. */
  skip({ kind, sql }: SqlStatement): void {
    if (kind === 'write' || kind === 'opaque' || kind === 'ddl') this.#outdateRemade(sql);
    // A temporary table is now as it was before this.
    if (kind === 'ddl') for (const name of namesIn(sql, this.#temporary)) this.#emptied.add(name);
    if (kind === 'read' || kind === 'write' || kind === 'opaque') this.#rowCount = true;
    if (kind === 'opaque' || /:=|\bINTO\s+@/i.test(sql)) this.#variables = true;
    if (kind !== 'write' && kind !== 'opaque') return;
    this.#insertId ||= /\b(?:INSERT|REPLACE|CALL)\b/i.test(sql);
    for (const name of namesIn(sql, this.#temporary)) this.#emptied.add(name);
  }

  /** A statement that is about the session only is run once more. */
  rerun({ sql }: SqlStatement): void {
    if (!/\b(?:FROM|LIKE)\b/i.test(sql)) return;
    const name = temporaryTable(sql);
    if (name !== undefined) this.#remade.temporary.add(name);
    if (sql.includes('@')) this.#remade.variables = true;
  }

  /** What a statement that is about to run lacks, in words; `undefined` where it can run. */
  lackedBy({ kind, sql }: SqlStatement): string | undefined {
    const name = kind === 'session' ? temporaryTable(sql) : undefined;
    if (name !== undefined) this.#temporary.add(name);
    if (this.#insertId && /\bLAST_INSERT_ID\s*\(\s*\)/i.test(sql)) return 'LAST_INSERT_ID()';
    if (this.#rowCount && /\b(?:ROW_COUNT|FOUND_ROWS)\s*\(\s*\)/i.test(sql)) return 'ROW_COUNT()';
    if (this.#variables && /(?<!@)@[A-Za-z_$]/.test(sql)) return 'a user variable';
    const [emptied] = /^\s*DROP\b/i.test(sql) ? [] : namesIn(sql, this.#emptied);
    if (emptied !== undefined) return `rows of the temporary table ${emptied}`;
    if (/^\s*(?:INSERT|REPLACE)\b/i.test(sql)) this.#insertId = false;
    if (kind !== 'session') this.#rowCount = false;
    return undefined;
  }

  /** What was read again may have read what this statement of an earlier attempt has changed. */
  #outdateRemade(sql: string): void {
    if (/^\s*CREATE\b/i.test(sql)) return;
    this.#variables ||= this.#remade.variables;
    for (const name of this.#remade.temporary) this.#emptied.add(name);
  }
}

/** The temporary table that a statement makes or drops. */
function temporaryTable(sql: string): string | undefined {
  const [, name] =
    /\bTEMPORARY\s+TABLE\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?`?([\w$]+)/i.exec(sql) ?? [];
  return name?.toLowerCase();
}

function namesIn(sql: string, names: ReadonlySet<string>): string[] {
  if (names.size === 0) return [];
  return sqlTokens(sql)
    .map(({ text }) => text.toLowerCase())
    .filter((text) => names.has(text));
}
