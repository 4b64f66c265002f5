import type { Backfill } from '../../backfill/backfill.ts';
import type { RecordedMigration } from '../recording.ts';

/** A backfill that tenants may not have completed when a migration after it runs. */
export interface UnmetBackfill {
  readonly id: string;
  readonly table: string;
  /** Whether it sets a column. */
  readonly sets: (column: string) => boolean;
  /** Whether its text has a name anywhere. */
  readonly names: (name: string) => boolean;
}

/**
 * The backfills before a migration that need not be complete when it runs: schema changes pass backfills, except for
 * migrations that require one, and all after those.
 */
export function unmetBackfills(
  before: readonly Pick<RecordedMigration, 'id' | 'backfill' | 'requires'>[],
  requires: readonly string[] = [],
): readonly UnmetBackfill[] {
  const required = new Set([...before.flatMap((each) => each.requires ?? []), ...requires]);
  // The backfills of a tenant run in order: one that is required implies those before it.
  const last = before.findLastIndex(({ id }) => required.has(id));
  return before.slice(last + 1).flatMap(({ id, backfill }) => {
    if (backfill === undefined) return [];
    const { table, update } = backfill;
    const text = textOf(backfill);
    const names = (name: string) => hasWord(text, name);
    const set = update === undefined ? undefined : setColumnsOf(update);
    return [{ id, table, names, sets: (name) => set?.has(name.toLowerCase()) ?? names(name) }];
  });
}

/** The code of `rows` may send anything that it names. */
function textOf({ table, where = '', update = '', rows }: Backfill): string {
  return [table, where, update, rows === undefined ? '' : String(rows)].join('\n');
}

/** Names may have characters that `\b` does not take for those of a word. */
function hasWord(text: string, name: string): boolean {
  const escaped = name.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
  return new RegExp(`(?<![\\w$])${escaped}(?![\\w$])`, 'iu').test(text);
}

/** Strings, names in quotes, brackets and commas; a comment or an operator needs no token of its own here. */
const PARTS = /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`(?:[^`]|``)*`|[(),]|[^'"`(),]+/gsu;

/** The columns of a SET list, in lower case. */
function setColumnsOf(update: string): ReadonlySet<string> {
  const assignments: string[] = [''];
  let depth = 0;
  for (const [part] of update.matchAll(PARTS)) {
    if (part === '(') depth += 1;
    if (part === ')') depth -= 1;
    if (part === ',' && depth === 0) assignments.push('');
    else assignments.push(`${assignments.pop()}${part}`);
  }
  // `table.column` names the column last.
  return new Set(
    assignments.map(
      (each) =>
        (each.split('=')[0] ?? '').split('.').at(-1)?.replaceAll('`', '').trim().toLowerCase() ??
        '',
    ),
  );
}
