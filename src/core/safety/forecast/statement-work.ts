import type { SentStatement, TableChange } from '../recording.ts';
import { namedTables } from './named-tables.ts';
import { builtIndexes, rebuildsByRule } from './rebuilds-by-rule.ts';
import type { StatementWork, TableEffect } from './work-kind.ts';

/**
 * The work of a statement that ran on a scratch database; `undefined` if it does none on a table, as SET or COMMIT.
 *
 * @param existing the tables of the database before it, by their name in lower case
 */
export function statementWork(
  statement: SentStatement,
  existing: ReadonlyMap<string, string>,
): StatementWork | undefined {
  const { kind, isRefused, number, text } = statement;
  if (isRefused || kind === 'session' || kind === 'locking' || kind === 'unlocking') return;
  const named = namedTables(statement, existing);
  const common = {
    number,
    text,
    passes: 1,
    effects: effectsOf(statement),
    blocks: 'nothing',
  } as const;
  switch (kind) {
    case 'read':
      // A read costs little beside what the migration may do with the rows.
      return named.length === 0
        ? undefined
        : { ...common, kind: 'constant', tables: [], unsure: READS };
    case 'write':
      return isOfRows(statement, named)
        ? { ...common, kind: 'rows', tables: named, blocks: 'writes', unsure: SOME_ROWS }
        : { ...common, kind: 'constant', tables: [] };
    case 'ddl':
      return { ...common, ...definitionWork(statement, named) };
    default:
      return { ...common, kind: 'constant', tables: [], unsure: OPAQUE };
  }
}

const READS = 'it reads rows first, and may send more statements for them';
const SOME_ROWS = 'the time is that of all rows, and it may change fewer';
const OPAQUE = 'the effect of this statement is not known';

type DefinitionWork = Pick<StatementWork, 'kind' | 'tables' | 'passes' | 'blocks' | 'unsure'>;

function definitionWork(statement: SentStatement, named: readonly string[]): DefinitionWork {
  const { verdict = { how: 'unknown', why: '' } as const, changes, tokens } = statement;
  const altered = changes.find(({ before, after }) => before !== undefined && after !== undefined);
  const constant = { kind: 'constant', tables: [], passes: 1, blocks: 'nothing' } as const;
  const target = altered?.before?.name ?? named[0];
  switch (verdict.how) {
    case 'instant':
    case 'definition':
      return { ...constant, tables: target === undefined ? [] : [target] };
    case 'copy':
      return target === undefined
        ? constant
        : { kind: 'copy', tables: [target], passes: 1, blocks: verdict.blocks };
    case 'in place':
      return target === undefined
        ? constant
        : { tables: [target], blocks: verdict.blocks, ...inPlaceWork(statement, altered) };
    case 'unknown':
      if (tokens[0] === 'CREATE') {
        return { kind: 'rows', tables: named, passes: 1, blocks: 'writes', unsure: SOME_ROWS };
      }
      if (target === undefined) return { ...constant, unsure: OPAQUE };
      return {
        kind: 'copy',
        tables: [target],
        passes: 1,
        blocks: 'everything',
        unsure: notJudged(verdict.why),
      };
  }
}

function notJudged(why: string): string {
  return `the time is that of a copy, as the server did not show how it works${why === '' ? '' : `: ${why}`}`;
}

function inPlaceWork(
  { rebuilds, tokens }: SentStatement,
  altered: TableChange | undefined,
): Pick<StatementWork, 'kind' | 'passes'> {
  const { before, after } = altered ?? {};
  // Without a change in its definition a table is only rebuilt: FORCE, OPTIMIZE, the same engine.
  if (before === undefined || after === undefined) {
    return { kind: (rebuilds ?? !areOptions(tokens)) ? 'rebuild' : 'constant', passes: 1 };
  }
  if (rebuilds ?? rebuildsByRule(before, after)) return { kind: 'rebuild', passes: 1 };
  const indexes = builtIndexes(before, after).length;
  return indexes === 0 ? { kind: 'constant', passes: 1 } : { kind: 'index', passes: indexes };
}

/** Options of a table that no row depends on, and that its definition here does not have. */
const OPTIONS = new Set([
  'AUTO_INCREMENT',
  'COMMENT',
  'STATS_AUTO_RECALC',
  'STATS_PERSISTENT',
  'STATS_SAMPLE_PAGES',
]);
/** Words of changes that write the table anew. */
const ANEW = new Set([
  'COMPRESSION',
  'ENCRYPTION',
  'ENGINE',
  'FORCE',
  'KEY_BLOCK_SIZE',
  'OPTIMIZE',
  'ROW_FORMAT',
]);

function areOptions(tokens: readonly string[]): boolean {
  return tokens.some((token) => OPTIONS.has(token)) && !tokens.some((token) => ANEW.has(token));
}

/** Whether a write goes through existing rows: an INSERT of values does not. */
function isOfRows({ tokens }: SentStatement, named: readonly string[]): boolean {
  if (named.length === 0) return false;
  const first = tokens.find((token) => token !== '(');
  return !(first === 'INSERT' || first === 'REPLACE') || tokens.includes('SELECT');
}

function effectsOf({ changes, renames }: SentStatement): TableEffect[] {
  const named = renames.filter(({ what }) => what === 'table');
  const renamed = named.length > 0 ? named : renamesAmong(changes);
  const moved = new Set(renamed.flatMap(({ from, to }) => [from, to]));
  return [
    ...renamed.map(({ from, to }) => ({ does: 'rename' as const, table: from, to })),
    ...changes.flatMap(({ before, after }): TableEffect[] => {
      const name = before?.name ?? after?.name ?? '';
      if (moved.has(name) || (before === undefined) === (after === undefined)) return [];
      return [{ does: before === undefined ? 'create' : 'drop', table: name }];
    }),
  ];
}

/** `ALTER TABLE … RENAME TO` beside other clauses: one table is gone, and one with its columns is there. */
function renamesAmong(changes: readonly TableChange[]): { from: string; to: string }[] {
  const gone = changes.flatMap(({ before, after }) => (after === undefined && before) || []);
  const made = changes.flatMap(({ before, after }) => (before === undefined && after) || []);
  const [from] = gone;
  const [to] = made;
  if (gone.length !== 1 || made.length !== 1 || from === undefined || to === undefined) return [];
  return from.columns[0]?.name === to.columns[0]?.name ? [{ from: from.name, to: to.name }] : [];
}
