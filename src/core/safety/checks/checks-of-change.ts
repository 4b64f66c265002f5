import type { SentStatement } from '../recording.ts';
import type { TableDefinition } from '../table-definition.ts';
import type { ChangeToCheck } from './change-to-check.ts';
import { columnChecks } from './column-checks.ts';
import type { Refusal } from './conversion.ts';
import type { DataCheck, Question, SourcedColumn } from './data-check.ts';
import { keyChecks } from './key-checks.ts';
import { columnPairs, isSame, sourceOf, type TableOrigin } from './table-origin.ts';

/** The checks of one change of a table. */
export function checksOfChange(
  change: ChangeToCheck,
  common: Pick<DataCheck, 'migration' | 'sqlMode'>,
): DataCheck[] {
  const { before, after, statement, origin } = change;
  const columns: SourcedColumn[] = columnPairs(change, statement.renames).map((pair) => ({
    after: pair.after,
    source:
      pair.before === undefined
        ? { is: 'default', definition: pair.after }
        : sourceOf(origin, pair.before),
  }));
  const parts = [...columnChecks(change, columns), ...keyChecks(change, columns)];
  return parts.map(({ condition, needs, unknown, ...part }): DataCheck => {
    const check = {
      ...part,
      ...common,
      ...(isIgnoring(statement) &&
        part.kind !== 'orphans' && { refused: WITH_IGNORE[part.refused] }),
      id: [common.migration, statement.number, after.name, part.kind, part.finds].join('\0'),
      statement: statement.number,
      table: after.name,
    };
    const blocked = unknown ?? blockedBy(origin, columns, needs);
    const { table } = origin;
    if (blocked !== undefined || condition === undefined || table === undefined) {
      return { ...check, blocked: blocked ?? 'it is not known which rows the table will have' };
    }
    return { ...check, question: { table, columns, key: keyOf(before, origin), condition } };
  });
}

/** Whether MariaDB does not refuse rows: `ALTER IGNORE TABLE`. */
function isIgnoring({ tokens }: SentStatement): boolean {
  const table = tokens.indexOf('TABLE');
  return tokens[0] === 'ALTER' && tokens.slice(1, Math.max(table, 1)).includes('IGNORE');
}

/** The reaction with IGNORE. Only foreign keys are checked as ever. */
const WITH_IGNORE: Readonly<Record<Refusal, Refusal>> = {
  always: 'deletes',
  strict: 'never',
  never: 'never',
  deletes: 'deletes',
  unseen: 'unseen',
};

/** Why the rows cannot be judged now; `undefined` if they can. */
function blockedBy(
  { filledBy }: TableOrigin,
  columns: readonly SourcedColumn[],
  needs: readonly string[],
): string | undefined {
  const changed = columns
    .filter(({ after }) => needs.some((name) => isSame(name, after.name)))
    .map(({ source }) => source)
    .find((source) => source.is === 'changed');
  const by = filledBy ?? (changed?.is === 'changed' ? changed.by : undefined);
  return by === undefined ? undefined : `not checkable before ${by}`;
}

/** Columns that name a row: the primary key, else a unique key without NULL. */
function keyOf(before: TableDefinition, origin: TableOrigin): Question['key'] {
  const columns = (names: readonly string[]) =>
    names.map((name) => before.columns.find((column) => column.name === name));
  const usable = before.indexes
    .filter(
      ({ isUnique, parts = [] }) => isUnique && parts.every(({ length }) => length === undefined),
    )
    .filter((index) => columns(index.columns).every((column) => column?.isNullable === false))
    .sort((one, other) => Number(other.name === 'PRIMARY') - Number(one.name === 'PRIMARY'));
  for (const { columns: names } of usable) {
    const sources = columns(names).map((column) => column && sourceOf(origin, column));
    const now = sources.flatMap((source) =>
      source?.is === 'column' ? [{ ...source.definition, name: source.name }] : [],
    );
    if (now.length === names.length) return now;
  }
  return [];
}
