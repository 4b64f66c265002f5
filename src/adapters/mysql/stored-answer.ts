import type { ServerError } from './server-error.ts';

/** What the driver gives for a statement: a header or rows, or several of them, and what describes columns. */
export type Answer = readonly [result: unknown, fields: unknown];

/** Longest answer that the journal keeps, in characters of its JSON: 64 KiB. */
const LONGEST = 65_536;

/** What the journal keeps of an answer: `null` where it is too long. */
export function storeAnswer([result, fields]: Answer): string | null {
  // The length of rows is seen before they are all written out.
  if (Array.isArray(result) && result.length > LONGEST / 4) return null;
  const names = Array.isArray(fields) ? fields.map(nameOf) : undefined;
  const text = JSON.stringify({ result: encode(result), ...(names && { fields: names }) });
  return text.length > LONGEST ? null : text;
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
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, encode(held)]));
}

function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== 'object' || value === null) return value;
  const held = value as Record<string, unknown>;
  if (typeof held.$bytes === 'string') return Buffer.from(held.$bytes, 'base64');
  if (typeof held.$bigint === 'string') return BigInt(held.$bigint);
  if ('$date' in held) return new Date(held.$date === null ? Number.NaN : Number(held.$date));
  return Object.fromEntries(Object.entries(held).map(([key, inner]) => [key, decode(inner)]));
}

function nameOf(field: unknown): unknown {
  return Array.isArray(field) ? field.map(nameOf) : (field as { name?: unknown } | undefined)?.name;
}
