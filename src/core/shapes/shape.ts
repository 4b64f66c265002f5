import { createHash } from 'node:crypto';
import { type Definition, definitionKey } from './definition.ts';

/** The server that a shape was read from, as far as it changes how definitions are written. */
export interface ShapeServer {
  /** The product's name: `MySQL`, `MariaDB`, `Percona Server`. */
  readonly product: string;
  readonly isMariaDb: boolean;
  /** Digits and dots: `10.11.14`. */
  readonly version: string;
  /** The server's `lower_case_table_names`. */
  readonly lowerCaseTableNames: 0 | 1 | 2;
}

/** The kinds of objects that have a statement which creates them. */
export type CreatedKind =
  | 'table'
  | 'sequence'
  | 'view'
  | 'trigger'
  | 'procedure'
  | 'function'
  | 'package'
  | 'package body'
  /** Of MySQL from 9.2 on: code that JavaScript programs share. */
  | 'library'
  | 'event';

/** A statement that creates an object, as `SHOW CREATE` has it, without the counter of generated ids. */
export interface CreateStatement {
  readonly kind: CreatedKind;
  readonly name: string;
  readonly sql: string;
  /** Of stored programs: the `sql_mode` with which the server reads them. */
  readonly sqlMode?: string | undefined;
  /** Of events. */
  readonly timeZone?: string | undefined;
}

/** The definitions of a database, and the statements from which an empty one can be filled. */
export interface Shape {
  /** SHA-256 of the definitions, in hexadecimal. Databases with equal ones are alike for DDL. */
  readonly fingerprint: string;
  readonly server: ShapeServer;
  /** The database's own defaults. */
  readonly charset: string;
  readonly collation: string;
  /** Sorted by {@link definitionKey}. */
  readonly definitions: readonly Definition[];
  /** Triggers of a table in the order in which they run. */
  readonly statements: readonly CreateStatement[];
}

/** Makes a shape, with the fingerprint of its definitions in whatever order they are given. */
export function makeShape({ definitions, ...rest }: Omit<Shape, 'fingerprint'>): Shape {
  const sorted = [...definitions].sort(byKey);
  return { fingerprint: fingerprintOf(sorted), ...rest, definitions: sorted };
}

/** The fingerprint of definitions that are sorted by their keys. */
export function fingerprintOf(sorted: readonly Definition[]): string {
  const hash = createHash('sha256');
  for (const each of sorted) hash.update(`${definitionKey(each)}\0${each.text}\n`);
  return hash.digest('hex');
}

/** The beginning of a fingerprint, which is enough for people to distinguish shapes. */
export function shortFingerprint(fingerprint: string): string {
  return fingerprint.slice(0, 12);
}

function byKey(one: Definition, other: Definition): number {
  const [a, b] = [definitionKey(one), definitionKey(other)];
  return a < b ? -1 : a > b ? 1 : 0;
}
