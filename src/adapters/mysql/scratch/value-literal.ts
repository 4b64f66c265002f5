import type { CellText, ContentColumn } from '../../../core/safety/rehearsal/database-contents.ts';

const BINARY =
  /^(?:binary|varbinary|tinyblob|blob|mediumblob|longblob|bit|geometry|point|linestring|polygon|multipoint|multilinestring|multipolygon|geometrycollection|geomcollection|vector)$/;
const NUMBER = /^(?:tinyint|smallint|mediumint|int|bigint|decimal|numeric|float|double|real|year)$/;
const MOMENT = /^(?:date|time|datetime|timestamp|uuid|inet4|inet6)$/;

/** Whether the values of a type are bytes, which are read in hexadecimal. */
export function isBinaryType(type: string): boolean {
  return BINARY.test(type);
}

/** The SQL of a value that was read as text. Its bytes are sent in hexadecimal, whatever the `sql_mode`. */
export function valueLiteral(value: CellText, { type }: Pick<ContentColumn, 'type'>): string {
  if (value === undefined) return 'NULL';
  // MySQL leaves out the first digit of a BIT if it is zero.
  if (BINARY.test(type))
    return value === '' ? "''" : `X'${value.length % 2 === 0 ? '' : '0'}${value}'`;
  if (NUMBER.test(type)) return value;
  if (MOMENT.test(type)) return `'${value}'`;
  return `_utf8mb4 X'${Buffer.from(value, 'utf8').toString('hex')}'`;
}
