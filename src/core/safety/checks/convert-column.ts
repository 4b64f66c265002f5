import type { ColumnDefinition } from '../table-definition.ts';
import { columnType } from './column-type.ts';
import type { ColumnPair, Conversion } from './conversion.ts';
import { toInteger, toNumber } from './convert-to-number.ts';
import { toBytes, toJson, toList, toText } from './convert-to-text.ts';
import { toTemporal } from './convert-to-time.ts';

/**
 * The values that a server refuses or changes when a column gets a new definition. A test compares every line with the
 * servers. `undefined` if nobody has found out how servers convert between these types.
 */
export function conversions(
  before: ColumnDefinition,
  after: ColumnDefinition,
  isMariaDb: boolean,
): readonly Conversion[] | undefined {
  const pair: ColumnPair = {
    before,
    after,
    from: columnType(before),
    to: columnType(after),
    isMariaDb,
  };
  const ofType = isAlike(pair) ? [] : convert(pair);
  return ofType && [...nulls(pair), ...numbered(pair), ...ofType];
}

/** Whether the two definitions take the same values, so that nothing is converted. */
function isAlike({ before, after, from, to }: ColumnPair): boolean {
  const values = JSON.stringify(before.values) === JSON.stringify(after.values);
  // Display widths of integers mean nothing.
  const isSameInteger =
    from.family === 'integer' &&
    to.family === 'integer' &&
    from.least === to.least &&
    from.most === to.most;
  return (
    (before.type === after.type || isSameInteger) && values && before.charset === after.charset
  );
}

function convert(pair: ColumnPair): readonly Conversion[] | undefined {
  switch (pair.to.family) {
    case 'integer':
      return toInteger(pair, pair.to);
    case 'decimal':
    case 'float':
    case 'double':
    case 'bit':
      return toNumber(pair);
    case 'text':
      return toText(pair, pair.to);
    case 'bytes':
      return toBytes(pair, pair.to);
    case 'enum':
    case 'set':
      return toList(pair, pair.to);
    case 'json':
      return toJson(pair);
    case 'date':
    case 'datetime':
    case 'timestamp':
    case 'time':
    case 'year':
      return toTemporal(pair);
    case 'other':
      return undefined;
  }
}

function nulls({ before, after, to, isMariaDb }: ColumnPair): Conversion[] {
  // A column that becomes a number in order gets its next number for NULL.
  if (!before.isNullable || after.isNullable || after.generated !== undefined) return [];
  if (after.isAutoIncrement) return [{ condition: { is: 'null' }, refused: 'never' }];
  // MariaDB writes the current time.
  const isCurrent = isMariaDb && to.family === 'timestamp';
  return [{ condition: { is: 'null' }, refused: isCurrent ? 'never' : 'strict' }];
}

function numbered({ before, after }: ColumnPair): Conversion[] {
  if (before.isAutoIncrement || !after.isAutoIncrement) return [];
  return [{ condition: { is: 'zero' }, refused: 'never' }];
}
