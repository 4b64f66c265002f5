import type { ColumnKind } from './tenants-source.ts';

const KINDS: Readonly<Record<string, ColumnKind>> = {
  tinyint: 'integer',
  smallint: 'integer',
  mediumint: 'integer',
  int: 'integer',
  integer: 'integer',
  bigint: 'integer',
  year: 'integer',
  decimal: 'decimal',
  bit: 'bit',
  binary: 'bytes',
  varbinary: 'bytes',
  tinyblob: 'bytes',
  blob: 'bytes',
  mediumblob: 'bytes',
  longblob: 'bytes',
  char: 'text',
  varchar: 'text',
  tinytext: 'text',
  text: 'text',
  mediumtext: 'text',
  longtext: 'text',
  enum: 'text',
  uuid: 'uuid',
};

/** The kind of a column with this `DATA_TYPE` of `information_schema`. */
export function columnKind(dataType: string): ColumnKind {
  return KINDS[dataType] ?? 'other';
}

/** Whether a column of this kind can identify rows and order them. */
export function isKeyKind(kind: ColumnKind): boolean {
  return kind !== 'other' && kind !== 'bit';
}

/** Whether a column of this kind is compared with numbers. */
export function isNumberKind(kind: ColumnKind): boolean {
  return kind === 'integer' || kind === 'decimal' || kind === 'bit';
}
