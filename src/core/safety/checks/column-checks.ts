import type { ColumnDefinition, TableDefinition } from '../table-definition.ts';
import type { ChangeToCheck, PartOfCheck } from './change-to-check.ts';
import { columnType } from './column-type.ts';
import { conversions } from './convert-column.ts';
import type { SourcedColumn } from './data-check.ts';
import type { ValueCondition } from './data-condition.ts';
import { namesIn } from './names-in.ts';
import { columnPairs } from './table-origin.ts';
import { kindOfValue, typeName, valueWords } from './value-words.ts';

/** Checks of values: of columns that get another definition, and of new ones. */
export function columnChecks(
  change: ChangeToCheck,
  columns: readonly SourcedColumn[],
): PartOfCheck[] {
  const pairs = columnPairs(change, change.statement.renames);
  return pairs.flatMap(({ before, after }, index): PartOfCheck[] => {
    const column = columns[index];
    if (column === undefined) return [];
    const isComputed = after.generated !== undefined && before?.expression !== after.expression;
    if (isComputed) return computedChecks(change, column);
    if (before === undefined) return newChecks(change, column);
    return [...convertedChecks(change, before, column), ...zeroDates(change, before, column)];
  });
}

function convertedChecks(
  { after: table, isMariaDb }: ChangeToCheck,
  before: ColumnDefinition,
  { after, source }: SourcedColumn,
): PartOfCheck[] {
  const found = conversions(before, after, isMariaDb);
  const name = `${table.name}.${after.name}`;
  const columns = [after.name];
  if (found === undefined) {
    const [from, to] = [typeName(before.type), typeName(after.type)];
    return [
      {
        kind: 'not-convertible',
        columns,
        finds: `${name} has values that become ${to}`,
        refused: 'strict',
        needs: columns,
        unknown: `Fanfold does not know how servers convert ${from} to ${to}`,
      },
    ];
  }
  return found.map(({ condition: value, refused }) => ({
    kind: kindOfValue(value),
    columns,
    finds: `${name} has ${valueWords(value, after)}`,
    refused,
    condition: { of: 'value', source, value },
    needs: columns,
  }));
}

/** A copy of a table refuses zero dates under some modes, whatever it is copied for. */
function zeroDates(
  { after: table, statement }: ChangeToCheck,
  before: ColumnDefinition,
  { after, source }: SourcedColumn,
): PartOfCheck[] {
  const isCopied = statement.verdict?.how === 'copy' && before.type === after.type;
  const { family } = columnType(after);
  if (!isCopied || !['date', 'datetime', 'timestamp'].includes(family)) return [];
  return [zeroDate(table, { after, source }, 'any')];
}

function zeroDate(
  table: TableDefinition,
  { after, source }: SourcedColumn,
  parts: 'whole' | 'any',
): PartOfCheck {
  return {
    kind: 'zero-dates',
    columns: [after.name],
    finds: `${table.name}.${after.name} has zero dates`,
    refused: 'strict',
    condition: { of: 'value', source, value: { is: 'zero date', parts } },
    needs: [after.name],
  };
}

/** A new column without a default fills existing rows with a value that may not be allowed. */
function newChecks(
  { after: table, isMariaDb }: ChangeToCheck,
  column: SourcedColumn,
): PartOfCheck[] {
  const { after } = column;
  if (after.isAutoIncrement) return numberedRows(table, after, isMariaDb);
  if (after.isNullable || after.default !== undefined) return [];
  const { family } = columnType(after);
  if (family === 'date' || family === 'datetime') return [zeroDate(table, column, 'whole')];
  if (isMariaDb || !/^(?:geom|point|linestring|polygon|multi)/.test(after.type)) return [];
  return [
    {
      kind: 'nulls',
      columns: [after.name],
      finds: `${table.name} has rows, which get no value for ${after.name}`,
      refused: 'always',
      condition: { of: 'rows', rows: { is: 'any row' } },
      needs: [],
    },
  ];
}

/** Rows beyond this number are not counted within any time limit: larger types are not asked about. */
const MOST_NUMBERED = 2 ** 24;

/**
 * A new column that numbers the rows has to have as many numbers. MySQL wants one more for the next row; MariaDB starts
 * again below zero, and refuses only when it meets a number again.
 */
function numberedRows(
  table: TableDefinition,
  after: ColumnDefinition,
  isMariaDb: boolean,
): PartOfCheck[] {
  const type = columnType(after);
  if (type.family !== 'integer' || type.most > MOST_NUMBERED) return [];
  const most = Number(type.most) - (isMariaDb ? 0 : 1);
  return [
    {
      kind: 'out-of-range',
      columns: [after.name],
      finds: `${table.name} has more rows than ${typeName(after.type)} has numbers`,
      refused: isMariaDb ? 'never' : 'always',
      condition: { of: 'rows', rows: { is: 'rows beyond', most } },
      needs: [],
    },
  ];
}

/** Values of a generated column that its type does not take. */
function computedChecks(
  { after: table, isMariaDb, statement }: ChangeToCheck,
  { after }: SourcedColumn,
): PartOfCheck[] {
  const isIndexed = table.indexes.some(({ columns }) => columns.includes(after.name));
  // A virtual column is computed when it is indexed, and by MariaDB when it copies the table.
  const isCopied = isMariaDb && statement.verdict?.how === 'copy';
  if (after.generated === 'virtual' && !isCopied && !isIndexed) return [];
  return computedConditions(after).map((condition) => ({
    kind: kindOfValue(condition),
    columns: [after.name],
    finds: `${table.name}.${after.name} has ${valueWords(condition, after)}`,
    refused: 'strict',
    condition: { of: 'rows', rows: { is: 'computed', column: after.name, condition } },
    needs: namesIn(after.expression ?? '', table),
  }));
}

function computedConditions(after: ColumnDefinition): ValueCondition[] {
  const type = columnType(after);
  const nulls: ValueCondition[] = after.isNullable ? [] : [{ is: 'null' }];
  const outside = (least: string, most: string, digits: number): ValueCondition => ({
    is: 'outside',
    least,
    most,
    digits,
    rounding: 'away',
    inText: false,
  });
  switch (type.family) {
    case 'integer':
      return [...nulls, outside(String(type.least), String(type.most), 0)];
    case 'decimal': {
      const most = `${'9'.repeat(type.precision - type.scale) || '0'}.${'9'.repeat(type.scale)}`;
      return [...nulls, outside(type.isUnsigned ? '0' : `-${most}`, most, type.scale)];
    }
    case 'text': {
      const unit = type.isLong ? 'bytes' : 'characters';
      const { charset } = after;
      return [...nulls, { is: 'longer', most: type.most, unit, charset, spaces: 'ignored' }];
    }
    default:
      return nulls;
  }
}
