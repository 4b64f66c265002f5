import type { FieldPacket, ResultSetHeader } from 'mysql2';

/**
 * The classes of mysql2's answers. mysql2 does not export them, so they are taken from the first answers:
 * every connection has had some before a migration runs.
 */
let Header: (new () => ResultSetHeader) | undefined;
let Column: ColumnDefinition | undefined;

/** mysql2's class for the definition of a column, which is read from a packet and can be written to one. */
interface ColumnDefinition {
  new (packet: WrittenPacket, clientEncoding: string, extended: boolean): FieldPacket;
  toPacket(column: DescribedColumn, sequenceId: number): WrittenPacket;
}

interface WrittenPacket {
  offset: number;
}

/** All facts that the server sends about a column of an answer. */
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

/** Whether a value is the server's answer to a statement without rows. */
export function isHeader(value: unknown): value is ResultSetHeader {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { fieldCount?: unknown }).fieldCount === 'number' &&
    'affectedRows' in value
  );
}

/** Creates a header with these properties as an instance of the driver's class. */
export function driverHeader(properties: object): ResultSetHeader {
  return Object.assign(Object.create(Header?.prototype ?? Object.prototype), properties);
}

/** Creates a column's definition as an instance of the driver's class, with its properties in the driver's order. */
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
