import type { ForeignKeyDefinition, IndexDefinition, IndexPart } from '../table-definition.ts';
import type { ChangeToCheck, PartOfCheck } from './change-to-check.ts';
import type { Refusal } from './conversion.ts';
import { conversions } from './convert-column.ts';
import type { SourcedColumn } from './data-check.ts';
import { namesIn } from './names-in.ts';
import { columnPairs, isSame, sourceOf } from './table-origin.ts';

/** Checks of rows: unique keys, CHECK constraints, foreign keys and partitions that are new. */
export function keyChecks(change: ChangeToCheck, columns: readonly SourcedColumn[]): PartOfCheck[] {
  return [
    ...change.after.indexes.flatMap((index) => uniqueCheck(change, columns, index)),
    ...checkConstraints(change),
    ...change.after.foreignKeys.flatMap((key) => orphanCheck(change, key)),
    ...partitionCheck(change),
  ];
}

function partsOf({ parts, columns }: IndexDefinition): readonly IndexPart[] {
  return parts ?? columns.map((column) => ({ column }));
}

function uniqueCheck(
  change: ChangeToCheck,
  columns: readonly SourcedColumn[],
  index: IndexDefinition,
): PartOfCheck[] {
  const { after: table } = change;
  if (!index.isUnique || isKnown(change, index)) return [];
  const parts = partsOf(index).map(({ column, length, expression }) => ({
    column: columns.find(({ after }) => after.name === column)?.after,
    length,
    expression,
  }));
  const sources = partsOf(index).map(({ column }) =>
    columns.find(({ after }) => after.name === column),
  );
  const cannotRepeat = sources.some(
    (source) =>
      source?.source.is === 'default' &&
      (source.after.isAutoIncrement ||
        (source.after.isNullable &&
          source.after.generated === undefined &&
          (source.after.default === undefined || /^null$/i.test(source.after.default)))),
  );
  if (cannotRepeat) return [];
  const names = index.columns.join(', ');
  return [
    {
      kind: 'duplicates',
      columns: index.columns,
      finds: `${table.name} has rows with the same ${names}`,
      refused: 'always',
      condition: { of: 'rows', rows: { is: 'duplicate', parts } },
      needs: partsOf(index).flatMap(({ column, expression }) => [
        ...(column === undefined ? [] : [column, ...generatedFrom(change, column)]),
        ...(expression === undefined ? [] : namesIn(expression, table)),
      ]),
    },
  ];
}

function generatedFrom({ after }: ChangeToCheck, name: string): string[] {
  const column = after.columns.find((each) => each.name === name);
  return column?.expression === undefined ? [] : namesIn(column.expression, after);
}

/** Whether a unique index existed before over the same values, compared in the same way. */
function isKnown(change: ChangeToCheck, index: IndexDefinition): boolean {
  const pairs = columnPairs(change, change.statement.renames);
  const parts = partsOf(index);
  return change.before.indexes.some((old) => {
    const oldParts = partsOf(old);
    if (!old.isUnique || oldParts.length !== parts.length) return false;
    return parts.every((part, at) => {
      const { column, length, expression } = oldParts[at] ?? {};
      if (part.expression !== undefined || expression !== undefined)
        return part.expression === expression && change.statement.renames.length === 0;
      const pair = pairs.find(({ after }) => after.name === part.column);
      const { before, after } = pair ?? {};
      if (before === undefined || after === undefined || before.name !== column) return false;
      return (
        length === part.length &&
        before.collation === after.collation &&
        before.expression === after.expression &&
        // The values of a list are compared by their positions, and NULL is in no key.
        conversions(
          { ...before, isNullable: false },
          { ...after, isNullable: false },
          change.isMariaDb,
        )?.length === 0
      );
    });
  });
}

function checkConstraints(change: ChangeToCheck): PartOfCheck[] {
  const { before, after: table, statement, isMariaDb } = change;
  const old = (before.checkDefinitions ?? []).filter(({ isEnforced }) => isEnforced);
  const added = (table.checkDefinitions ?? []).filter(
    ({ clause, isEnforced }) => isEnforced && !old.some((each) => each.clause === clause),
  );
  const refused: Refusal = statement.checksConstraints === false ? 'unseen' : 'always';
  return added.map(({ name, clause }) => {
    const [, json] = /^json_valid\(`([^`]+)`\)$/.exec(clause) ?? [];
    const isJson = isMariaDb && json !== undefined;
    return {
      kind: isJson ? 'not-convertible' : 'violates-check',
      columns: namesIn(clause, table),
      finds: isJson
        ? `${table.name}.${json} has texts that are not JSON`
        : `${table.name} has rows that violate ${name}`,
      refused,
      condition: { of: 'rows', rows: { is: 'not true', clause } },
      needs: namesIn(clause, table),
    };
  });
}

function orphanCheck(change: ChangeToCheck, key: ForeignKeyDefinition): PartOfCheck[] {
  const { before, after: table, statement, originOf, origin } = change;
  const pairs = columnPairs(change, statement.renames);
  const oldName = (name: string) =>
    pairs.find(({ after }) => after.name === name)?.before?.name ?? name;
  const isKnown = before.foreignKeys.some(
    (old) =>
      isSame(old.parent, key.parent) &&
      isSame(old.columns.join(), key.columns.map(oldName).join()) &&
      isSame(old.parentColumns.join(), key.parentColumns.join()),
  );
  if (isKnown) return [];
  const parent = isSame(key.parent, table.name) ? origin : originOf(key.parent);
  const sources = key.parentColumns.map((name) =>
    sourceOf(parent, {
      name,
      position: 0,
      type: '',
      isNullable: false,
      hasDefault: false,
      isDefaultExpression: false,
      isAutoIncrement: false,
    }),
  );
  const now = sources.flatMap((source) => (source.is === 'column' ? [source.name] : []));
  const isChanged = now.length < sources.length || parent.filledBy !== undefined;
  const changedBy =
    parent.filledBy ?? sources.flatMap((one) => (one.is === 'changed' ? [one.by] : []))[0];
  const refused: Refusal = statement.checksForeignKeys ? 'always' : 'unseen';
  return [
    {
      kind: 'orphans',
      columns: key.columns,
      finds: `${table.name} has rows whose ${key.columns.join(', ')} is in no row of ${key.parent}`,
      refused,
      condition: {
        of: 'rows',
        rows: {
          is: 'orphan',
          columns: key.columns,
          parent: parent.table,
          parentColumns: parent.table === undefined ? key.parentColumns : now,
        },
      },
      needs: key.columns,
      ...(isChanged && { unknown: `not checkable before ${changedBy ?? statement.number}` }),
    },
  ];
}

function partitionCheck({ before, after: table, statement }: ChangeToCheck): PartOfCheck[] {
  const { partitions } = table;
  if (partitions === undefined || !/^(?:RANGE|LIST)\b/.test(partitions.method)) return [];
  const old = before.partitions;
  const isKnown =
    old !== undefined &&
    old.method === partitions.method &&
    old.expression === partitions.expression &&
    old.values.every((value) => partitions.values.includes(value));
  // Rows of a partition that is dropped are dropped with it.
  const isDropped = statement.tokens.some(
    (token, at) => token === 'DROP' && statement.tokens[at + 1] === 'PARTITION',
  );
  if (isKnown || isDropped || partitions.values.some((value) => TAKES_ALL.has(value))) return [];
  const isOfSeveral = partitions.method === 'LIST COLUMNS' && partitions.expression.includes(',');
  return [
    {
      kind: 'outside-partitions',
      columns: namesIn(partitions.expression, table),
      finds: `${table.name} has rows that no partition takes`,
      refused: 'always',
      condition: { of: 'rows', rows: { is: 'outside partitions', ...partitions } },
      needs: namesIn(partitions.expression, table),
      ...(isOfSeveral && { unknown: 'lists of several columns are not compared' }),
    },
  ];
}

/** Bounds of a partition that takes all other rows. */
const TAKES_ALL: ReadonlySet<string> = new Set(['MAXVALUE', 'DEFAULT', '']);
