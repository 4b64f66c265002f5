import type { SqlStatement } from './sql-statement.ts';
import { sqlTokens } from './sql-tokens.ts';

/**
 * What a session lacks when statements of an earlier attempt are not run again: the id of their last
 * insert, variables that they set, rows of temporary tables. A statement that needs one of these
 * would do something else than it was written for.
 */
export class SkippedEffects {
  #insertId = false;
  #variables = false;
  #rowCount = false;
  readonly #temporary = new Set<string>();
  readonly #emptied = new Set<string>();

  /** A statement was not run again. */
  skip({ kind, sql }: SqlStatement): void {
    if (kind === 'read' || kind === 'write' || kind === 'opaque') this.#rowCount = true;
    if (kind === 'opaque' || /:=|\bINTO\s+@/i.test(sql)) this.#variables = true;
    if (kind !== 'write' && kind !== 'opaque') return;
    this.#insertId ||= /\b(?:INSERT|REPLACE|CALL)\b/i.test(sql);
    for (const name of namesIn(sql, this.#temporary)) this.#emptied.add(name);
  }

  /** What a statement that is about to run lacks, in words; `undefined` where it can run. */
  lackedBy({ kind, sql }: SqlStatement): string | undefined {
    if (kind === 'session') {
      const [, name] = /\bTEMPORARY\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?`?([\w$]+)/i.exec(sql) ?? [];
      if (name !== undefined) this.#temporary.add(name.toLowerCase());
    }
    if (this.#insertId && /\bLAST_INSERT_ID\s*\(\s*\)/i.test(sql)) return 'LAST_INSERT_ID()';
    if (this.#rowCount && /\b(?:ROW_COUNT|FOUND_ROWS)\s*\(\s*\)/i.test(sql)) return 'ROW_COUNT()';
    if (this.#variables && /(?<!@)@[A-Za-z_$]/.test(sql)) return 'a user variable';
    const [emptied] = namesIn(sql, this.#emptied);
    if (emptied !== undefined) return `rows of the temporary table ${emptied}`;
    if (/^\s*(?:INSERT|REPLACE)\b/i.test(sql)) this.#insertId = false;
    if (kind !== 'session') this.#rowCount = false;
    return undefined;
  }
}

function namesIn(sql: string, names: ReadonlySet<string>): string[] {
  if (names.size === 0) return [];
  return sqlTokens(sql)
    .map(({ text }) => text.toLowerCase())
    .filter((text) => names.has(text));
}
