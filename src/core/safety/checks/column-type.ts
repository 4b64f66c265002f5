import type { ColumnDefinition } from '../table-definition.ts';

/** The kind of values that a column takes, as far as conversions depend on it. */
export type ColumnType =
  | { readonly family: 'integer'; readonly least: bigint; readonly most: bigint }
  | {
      readonly family: 'decimal';
      readonly precision: number;
      readonly scale: number;
      readonly isUnsigned: boolean;
    }
  | {
      readonly family: 'float' | 'double';
      readonly isUnsigned: boolean;
      /** Of FLOAT(m,d). */
      readonly scale?: number | undefined;
    }
  | { readonly family: 'bit'; readonly bits: number }
  | { readonly family: 'year' }
  | {
      readonly family: 'text';
      readonly isFixed: boolean;
      readonly isLong: boolean;
      /** Characters, or bytes if `isLong`. */
      readonly most: number;
    }
  | {
      readonly family: 'bytes';
      readonly isFixed: boolean;
      readonly isLong: boolean;
      readonly most: number;
    }
  | { readonly family: 'enum' | 'set'; readonly values: readonly string[] }
  | { readonly family: 'date' | 'json' | 'other' }
  | { readonly family: 'datetime' | 'timestamp' | 'time'; readonly digits: number };

/** Bits of integers, by name. */
const BITS: Readonly<Record<string, number>> = {
  tinyint: 8,
  smallint: 16,
  mediumint: 24,
  int: 32,
  integer: 32,
  bigint: 64,
};

/** Reads the type of a column. */
export function columnType(column: ColumnDefinition): ColumnType {
  const [, name = '', inside = ''] = /^(\w+)(?:\(([^)]*)\))?/.exec(column.type) ?? [];
  const numbers = inside.split(',').map(Number);
  const [first = 0, second = 0] = numbers;
  const isUnsigned = /\bunsigned\b/.test(column.type);
  const bits = BITS[name];
  if (bits !== undefined) return integer(bits, isUnsigned);
  switch (name) {
    case 'decimal':
    case 'numeric':
      return { family: 'decimal', precision: first, scale: second, isUnsigned };
    case 'float':
    case 'double':
    case 'real': {
      const family = name === 'float' ? 'float' : 'double';
      return { family, isUnsigned, scale: numbers.length === 2 ? second : undefined };
    }
    case 'bit':
      return { family: 'bit', bits: first };
    case 'year':
    case 'date':
    case 'json':
      return { family: name };
    case 'char':
    case 'varchar':
      return { family: 'text', isFixed: name === 'char', isLong: false, most: first };
    case 'binary':
    case 'varbinary':
      return { family: 'bytes', isFixed: name === 'binary', isLong: false, most: first };
    case 'enum':
    case 'set':
      return { family: name, values: column.values ?? [] };
    case 'datetime':
    case 'timestamp':
    case 'time':
      return { family: name, digits: first };
    default:
  }
  if (/^(?:tiny|medium|long)?text$/.test(name)) return long('text', column);
  return /^(?:tiny|medium|long)?blob$/.test(name) ? long('bytes', column) : { family: 'other' };
}

function integer(bits: number, isUnsigned: boolean): ColumnType {
  const half = 2n ** BigInt(bits - 1);
  return isUnsigned
    ? { family: 'integer', least: 0n, most: 2n * half - 1n }
    : { family: 'integer', least: -half, most: half - 1n };
}

function long(family: 'text' | 'bytes', { maxBytes }: ColumnDefinition): ColumnType {
  return { family, isFixed: false, isLong: true, most: maxBytes ?? 0 };
}
