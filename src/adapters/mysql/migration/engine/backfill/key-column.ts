/** How the values of a key column travel: out as text, and back as a literal that compares as the column does. */
export type KeyKind =
  | 'number'
  | 'float'
  | 'text'
  | 'bytes'
  | 'time'
  /** Compared in UTC, because a local time may mean two moments when clocks go back. */
  | 'timestamp'
  /** ENUM and SET: ordered by number and not by text. */
  | 'member'
  /** Types of MariaDB that have a text form and an order of their own: UUID, INET4, INET6. */
  | 'own text';

/** A column of a primary key. */
export interface KeyColumn {
  readonly name: string;
  readonly kind: KeyKind;
  readonly dataType: string;
  /** Of text only. */
  readonly charset?: string | undefined;
  readonly collation?: string | undefined;
}

const KINDS: Readonly<Record<string, KeyKind>> = {
  tinyint: 'number',
  smallint: 'number',
  mediumint: 'number',
  int: 'number',
  bigint: 'number',
  decimal: 'number',
  year: 'number',
  bit: 'number',
  float: 'float',
  double: 'float',
  char: 'text',
  varchar: 'text',
  binary: 'bytes',
  varbinary: 'bytes',
  date: 'time',
  time: 'time',
  datetime: 'time',
  timestamp: 'timestamp',
  enum: 'member',
  set: 'member',
  uuid: 'own text',
  inet4: 'own text',
  inet6: 'own text',
};

/** The kind of a `DATA_TYPE`; `undefined` for a type whose values cannot be walked. */
export function keyKind(dataType: string): KeyKind | undefined {
  return KINDS[dataType.toLowerCase()];
}
