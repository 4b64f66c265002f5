import { createHash } from 'node:crypto';
import type { ServerError } from '../connection/server-error.ts';

/** What the driver gives for a statement: a header or rows, or several of them, and what describes columns. */
export type Answer = readonly [result: unknown, fields: unknown];

/** Longest answer that the journal keeps, in characters of its JSON: 64 KiB. */
const LONGEST = 65_536;

/** What the journal keeps of an answer: of one that is too long, what tells whether it comes again. */
export function storeAnswer([result, fields]: Answer): string {
  // The length of rows is seen before they are all written out.
  if (Array.isArray(result) && result.length > LONGEST / 4) return storeRows(result);
  const names = Array.isArray(fields) ? fields.map(nameOf) : undefined;
  const text = JSON.stringify({ result: encode(result), ...(names && { fields: names }) });
  return text.length > LONGEST ? storeRows(result) : text;
}

/** What the journal keeps of rows that it does not keep. */
function storeRows(rows: unknown): string {
  const digest = new RowDigest();
  for (const row of Array.isArray(rows) ? rows : [rows]) digest.add(row);
  return digest.stored();
}

/** Takes rows one by one, of which the journal keeps only whether they are the same. */
export class RowDigest {
  readonly #hash = createHash('sha256');

  add(row: unknown): void {
    this.#hash.update(JSON.stringify(encode(row)) ?? '').update('\n');
  }

  stored(): string {
    return JSON.stringify({ digest: this.#hash.digest('hex') });
  }
}

/** Whether an answer was too long to be kept. */
export function isTooLong(stored: string): boolean {
  return stored.startsWith('{"digest":');
}

/** Whether it was an error, which the migration went on after. */
export function isStoredError(stored: string | null): boolean {
  return stored?.startsWith('{"error":') === true;
}

/** What the journal keeps of an error that a migration went on after. */
export function storeError({ errno, sqlState, sqlMessage }: ServerError): string {
  return JSON.stringify({ error: { errno, sqlState, sqlMessage } });
}

/** The answer that was stored, or the error, thrown. */
export function storedAnswer(text: string): Answer {
  const { result, fields, error } = JSON.parse(text);
  if (error !== undefined) throw Object.assign(new Error(error.sqlMessage), error);
  return [decode(result), fields?.map((name: unknown) => ({ name })) ?? undefined];
}

/** The answer that the server gives for DDL. */
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

/** JSON has no words for some values that a row may hold. */
function encode(value: unknown): unknown {
  if (value instanceof Date) return { $date: value.getTime() };
  if (Buffer.isBuffer(value)) return { $bytes: value.toString('base64') };
  if (typeof value === 'bigint') return { $bigint: String(value) };
  if (Array.isArray(value)) return value.map(encode);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, held]) => [key, encode(held)]);
  // A JSON column may hold an object that looks like one of ours.
  if (entries.some(([key]) => String(key).startsWith('$'))) return { $entries: entries };
  return Object.fromEntries(entries);
}

function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== 'object' || value === null) return value;
  const held = value as Record<string, unknown>;
  if (Array.isArray(held.$entries))
    return Object.fromEntries(held.$entries.map(([key, inner]) => [key, decode(inner)]));
  if (typeof held.$bytes === 'string') return Buffer.from(held.$bytes, 'base64');
  if (typeof held.$bigint === 'string') return BigInt(held.$bigint);
  if ('$date' in held) return new Date(held.$date === null ? Number.NaN : Number(held.$date));
  return Object.fromEntries(Object.entries(held).map(([key, inner]) => [key, decode(inner)]));
}

function nameOf(field: unknown): unknown {
  return Array.isArray(field) ? field.map(nameOf) : (field as { name?: unknown } | undefined)?.name;
}
