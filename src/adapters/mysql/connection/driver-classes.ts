import type { FieldPacket, ResultSetHeader } from 'mysql2';

/**
 * The classes of what mysql2 answers with. It exports neither, so they are taken from the first answers
 * that are seen: every connection has had some before a migration runs.
 */
let Header: (new () => ResultSetHeader) | undefined;
let Column: ColumnDefinition | undefined;

/** mysql2's own: it reads a column's definition from the packet that the server sent, and writes one. */
interface ColumnDefinition {
  new (packet: WrittenPacket, clientEncoding: string, extended: boolean): FieldPacket;
  toPacket(column: DescribedColumn, sequenceId: number): WrittenPacket;
}

interface WrittenPacket {
  offset: number;
}

/** All that the server says of a column of an answer. */
export interface DescribedColumn {
  readonly catalog: string;
  readonly schema: string;
  readonly table: string;
  readonly orgTable: string;
  readonly name: string;
  readonly orgName: string;
  readonly characterSet: number;
  readonly columnLength: number;
  readonly columnType: number;
  readonly flags: number;
  readonly decimals: number;
  /** MariaDB's name of the type, such as `uuid`. */
  readonly extendedTypeName?: string | undefined;
  /** MariaDB's format, such as `json`. */
  readonly extendedFormat?: string | undefined;
}

/** Learns the classes from an answer of the driver. */
export function learnDriverClasses(result: unknown, fields: unknown): void {
  if (Header === undefined) {
    const header = Array.isArray(result) ? result.at(-1) : result;
    if (isHeader(header) && header.constructor !== Object) {
      Header = header.constructor as new () => ResultSetHeader;
    }
  }
  if (Column === undefined && Array.isArray(fields)) {
    const field = fields.flat().find((each) => each !== undefined && each !== null);
    if (field !== undefined && field.constructor !== Object) {
      Column = field.constructor as ColumnDefinition;
    }
  }
}

/** Whether it is what the server says of a statement that gives no rows. */
export function isHeader(value: unknown): value is ResultSetHeader {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { fieldCount?: unknown }).fieldCount === 'number' &&
    'affectedRows' in value
  );
}

/** The same header, as one of the driver's class and nobody else's. */
export function driverHeader(properties: object): ResultSetHeader {
  return Object.assign(Object.create(Header?.prototype ?? Object.prototype), properties);
}

/** A column's definition, as one of the driver's class, with its properties in the driver's order. */
export function driverColumn(described: DescribedColumn): unknown {
  const { extendedTypeName, extendedFormat } = described;
  if (Column === undefined) return { ...described, type: described.columnType };
  const packet = Column.toPacket(described, 0);
  packet.offset = 4;
  const column = new Column(packet, 'utf8', false);
  if (extendedTypeName === undefined && extendedFormat === undefined) return column;
  const ordered: Record<string, unknown> = Object.create(Column.prototype);
  for (const [name, value] of Object.entries(column)) {
    if (name === 'characterSet') {
      if (extendedTypeName !== undefined) ordered.extendedTypeName = extendedTypeName;
      if (extendedFormat !== undefined) ordered.extendedFormat = extendedFormat;
    }
    ordered[name] = value;
  }
  return ordered;
}
