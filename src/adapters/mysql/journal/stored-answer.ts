import { createHash } from 'node:crypto';
import type { ServerError } from '../../server/server-error.ts';
import {
  type DescribedColumn,
  driverColumn,
  driverHeader,
  isHeader,
} from '../connection/driver-classes.ts';
import { decodeValue, encodeValue, isRestorable } from './stored-values.ts';

/** The driver's answer to a statement: one or several headers or sets of rows, with the columns' definitions. */
export type Answer = readonly [result: unknown, fields: unknown];

/** The longest answer that the journal stores, in characters of JSON: 64 KiB. */
const LONGEST = 65_536;

/** Encodes an answer for the journal; an answer that is too long becomes a hash, which shows whether it recurs. */
export function storeAnswer([result, fields]: Answer): string {
  // Many rows are too long in any case, so they need not be serialized first.
  if (Array.isArray(result) && result.length > LONGEST / 4) return storeRows(result);
  if (!isHeader(result) && !areResults(result) && !isRestorable(result)) return storeRows(result);
  const columns = Array.isArray(fields) ? fields.map(encodeColumn) : undefined;
  const text = JSON.stringify({ result: encodeResult(result), ...(columns && { columns }) });
  return text.length > LONGEST ? storeRows(result) : inAscii(text);
}

/** Escapes the JSON to ASCII, which survives every connection regardless of its character set. */
function inAscii(json: string): string {
  return json.replace(
    BEYOND_ASCII,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const BEYOND_ASCII = /[\u007f-\uffff]/g;

/** The hash that the journal stores in place of rows. */
function storeRows(rows: unknown): string {
  const digest = new RowDigest();
  for (const row of Array.isArray(rows) ? rows : [rows]) digest.add(row);
  return digest.stored();
}

/** Hashes rows one by one, so that the journal can show whether they recur. */
export class RowDigest {
  readonly #hash = createHash('sha256');

  add(row: unknown): void {
    this.#hash.update(JSON.stringify(encodeValue(row)) ?? '').update('\n');
  }

  stored(): string {
    return JSON.stringify({ digest: this.#hash.digest('hex') });
  }
}

/** Whether an answer was too long to be stored. */
export function isTooLong(stored: string): boolean {
  return stored.startsWith('{"digest":');
}

/** Whether a stored answer is an error, which the migration caught. */
export function isStoredError(stored: string | null): boolean {
  return stored?.startsWith('{"error":') === true;
}

/** Encodes an error that a migration caught for the journal; its `sql` follows from the statement. */
export function storeError(error: ServerError): string {
  const { errno, sqlState, sqlMessage } = error;
  const { code } = error as { code?: string };
  return inAscii(JSON.stringify({ error: { code, errno, sqlState, sqlMessage } }));
}

/** Decodes a stored answer. Throws a stored error, with the properties of mysql2's errors in the same order. */
export function storedAnswer(text: string): Answer {
  const { result, columns, error } = JSON.parse(text);
  if (error !== undefined) {
    const { code, errno, sqlState, sqlMessage } = error;
    throw Object.assign(new Error(sqlMessage), { code, errno, sqlState, sqlMessage });
  }
  return [decodeResult(result), columns?.map(decodeColumn) ?? undefined];
}

/**
 * The answer to DDL that counts no rows. It replaces the unknown answer of a statement that turns out to be
 * done: the number of rows that an ALTER copied, and its warnings, are missing.
 */
export const DDL_ANSWER: Answer = [
  {
    fieldCount: 0,
    affectedRows: 0,
    insertId: 0,
    info: '',
    serverStatus: 2,
    warningStatus: 0,
    changedRows: 0,
  },
  undefined,
];

/** Whether these are answers to several statements, or of a procedure, at least one of them without rows. */
function areResults(result: unknown): result is readonly unknown[] {
  return Array.isArray(result) && result.some(isHeader);
}

function encodeResult(result: unknown): unknown {
  if (areResults(result)) return { $results: result.map(encodeResult) };
  if (isHeader(result)) return { $header: encodeValue({ ...result }) };
  return encodeValue(result);
}

function decodeResult(value: unknown): unknown {
  const held = value as { $results?: unknown[]; $header?: unknown } | null;
  if (Array.isArray(held?.$results)) return held.$results.map(decodeResult);
  if (held?.$header !== undefined) return driverHeader(decodeValue(held.$header) as object);
  return decodeValue(value);
}

/** Encodes a column's definition, or the definitions of one of several answers. */
function encodeColumn(field: unknown): unknown {
  if (Array.isArray(field)) return field.map(encodeColumn);
  if (field === undefined || field === null) return null;
  const column = field as DescribedColumn;
  const { extendedTypeName: type, extendedFormat: format } = column;
  return {
    is: [...NAMES.map((name) => column[name]), ...NUMBERS.map((name) => column[name])],
    ...(type !== undefined && { type }),
    ...(format !== undefined && { format }),
  };
}

function decodeColumn(stored: unknown): unknown {
  if (Array.isArray(stored)) return stored.map(decodeColumn);
  if (stored === null) return undefined;
  const { is, type, format } = stored as {
    is: (string | number)[];
    type?: string;
    format?: string;
  };
  const properties = [...NAMES, ...NUMBERS].map((name, index) => [name, is[index]]);
  return driverColumn({
    ...(Object.fromEntries(properties) as unknown as DescribedColumn),
    extendedTypeName: type,
    extendedFormat: format,
  });
}

const NAMES = ['catalog', 'schema', 'table', 'orgTable', 'name', 'orgName'] as const;
const NUMBERS = ['characterSet', 'columnLength', 'columnType', 'flags', 'decimals'] as const;
