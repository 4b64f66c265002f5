import type { ColumnType } from './column-type.ts';
import type { ColumnPair, Conversion } from './conversion.ts';
import type { Rounding, ValueCondition } from './data-condition.ts';

/** The greatest number of FLOAT. */
const MOST_FLOAT = '3.4028234663852886e38';

const ANY: Conversion = { condition: { is: 'any value' }, refused: 'never' };

/** Conversions to an integer. */
export function toInteger(
  { from, isMariaDb }: ColumnPair,
  { least, most }: { readonly least: bigint; readonly most: bigint },
): readonly Conversion[] | undefined {
  const range = { least: String(least), most: String(most), digits: 0 };
  const outside = (rounding: Rounding, inText = false): Conversion =>
    strict({ is: 'outside', ...range, rounding, inText });
  const rounded = (inText = false): Conversion => silent({ is: 'rounded', digits: 0, inText });
  switch (from.family) {
    case 'integer':
      return from.least >= least && from.most <= most ? [] : [outside('away')];
    case 'bit':
    case 'year':
      return [outside('away')];
    case 'decimal':
      return [outside('away'), ...(from.scale > 0 ? [rounded()] : [])];
    case 'float':
    case 'double':
      return [outside('even'), rounded()];
    case 'text':
    case 'bytes':
      // MariaDB refuses fractions in strict mode, and MySQL rounds them.
      return [
        strict({ is: 'not a number', as: isMariaDb ? 'integer' : 'decimal' }),
        outside('away', true),
        ...(isMariaDb ? [] : [rounded(true)]),
      ];
    // It becomes the position in the list, or the bits of a set.
    case 'enum':
    case 'set':
      return [ANY];
    // Their digits in a row: 20240131.
    case 'date':
    case 'datetime':
    case 'timestamp':
    case 'time':
      return [outside('away'), ANY];
    case 'json':
    case 'other':
      return undefined;
  }
}

/** Conversions to numbers with fractions, and to bits. */
export function toNumber(pair: ColumnPair): readonly Conversion[] | undefined {
  const { from, to } = pair;
  if (to.family === 'bit') return toBits(from, to.bits);
  if (to.family === 'decimal') return toDecimal(from, to);
  return to.family === 'float' || to.family === 'double' ? toFloat(from, to) : undefined;
}

function toBits(from: ColumnType, bits: number): readonly Conversion[] | undefined {
  if (from.family === 'bit' && from.bits <= bits) return [];
  if (from.family !== 'bit' && from.family !== 'integer') return undefined;
  const most = String(2n ** BigInt(bits) - 1n);
  return [strict({ is: 'outside', least: '0', most, digits: 0, rounding: 'away', inText: false })];
}

function toDecimal(
  from: ColumnType,
  { precision, scale, isUnsigned }: Extract<ColumnType, { family: 'decimal' }>,
): readonly Conversion[] | undefined {
  const most = digitsOf(precision, scale);
  const outside = (inText = false): Conversion =>
    strict({
      is: 'outside',
      least: isUnsigned ? '0' : `-${most}`,
      most,
      digits: scale,
      rounding: 'away',
      inText,
    });
  const rounded = (inText = false): Conversion => silent({ is: 'rounded', digits: scale, inText });
  switch (from.family) {
    case 'integer':
    case 'bit':
    case 'year':
      return [outside()];
    case 'decimal': {
      // Rounding may carry into one more digit.
      const digits = from.precision - from.scale + (from.scale > scale ? 1 : 0);
      const fits = digits <= precision - scale && (!isUnsigned || from.isUnsigned);
      return [...(fits ? [] : [outside()]), ...(from.scale > scale ? [rounded()] : [])];
    }
    case 'float':
    case 'double':
      return [outside(), rounded()];
    case 'text':
    case 'bytes':
      return [strict({ is: 'not a number', as: 'decimal' }), outside(true), rounded(true)];
    case 'enum':
    case 'set':
      return [ANY];
    default:
      return undefined;
  }
}

function toFloat(
  from: ColumnType,
  to: Extract<ColumnType, { family: 'float' | 'double' }>,
): readonly Conversion[] | undefined {
  const { family, isUnsigned, scale } = to;
  if (scale !== undefined) {
    // FLOAT(m,d) rounds, and takes larger numbers than its digits say.
    return from.family === family && from.isUnsigned === isUnsigned
      ? [silent({ is: 'rounded', digits: scale, inText: false })]
      : undefined;
  }
  const limits = (inText: boolean): Conversion[] => {
    if (family === 'double' && !isUnsigned) return [];
    const most = family === 'float' ? MOST_FLOAT : '1.7976931348623157e308';
    const least = isUnsigned ? '0' : `-${most}`;
    return [strict({ is: 'outside', least, most, digits: -1, rounding: 'even', inText })];
  };
  switch (from.family) {
    case 'integer':
    case 'decimal':
      return [...(isUnsigned ? limits(false) : []), silent({ is: 'imprecise', as: family })];
    case 'bit':
    case 'year':
      return [];
    case 'float':
    case 'double':
      return [
        ...limits(false),
        ...(from.family === 'double' && family === 'float'
          ? [silent({ is: 'imprecise', as: family })]
          : []),
      ];
    case 'text':
    case 'bytes':
      return [strict({ is: 'not a number', as: 'decimal' }), ...limits(true)];
    default:
      return undefined;
  }
}

/** The greatest number of DECIMAL(precision, scale). */
function digitsOf(precision: number, scale: number): string {
  const whole = '9'.repeat(precision - scale) || '0';
  return scale === 0 ? whole : `${whole}.${'9'.repeat(scale)}`;
}

function strict(condition: ValueCondition): Conversion {
  return { condition, refused: 'strict' };
}

function silent(condition: ValueCondition): Conversion {
  return { condition, refused: 'never' };
}
