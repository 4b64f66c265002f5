import { escapeId } from 'mysql2';
import type { KeyColumn } from './key-column.ts';

/** A key: for each column the text that {@link keySelection} reads. */
export type KeyValues = readonly string[];

/**
 * The list of a SELECT that reads a key as text which loses nothing: text and bytes as hexadecimal digits,
 * floating-point numbers with all their digits, timestamps in UTC, members of ENUM and SET by number.
 */
export function keySelection(columns: readonly KeyColumn[]): string {
  return columns.map((column, index) => `${readExpression(column)} AS k${index}`).join(', ');
}

/** The order of the primary key, as a list for ORDER BY. */
export function keyOrder(columns: readonly KeyColumn[], direction: 'ASC' | 'DESC' = 'ASC'): string {
  return columns.map(({ name }) => `${escapeId(name, true)} ${direction}`).join(', ');
}

/**
 * The condition for keys after `lower` and up to `upper`, each without limit if absent. Written as ranges of the
 * leading columns: the servers do not use an index for `(a, b) > (1, 2)`.
 */
export function keyRange(
  columns: readonly KeyColumn[],
  lower: KeyValues | undefined,
  upper: KeyValues | undefined,
): string {
  const shared = sharedLength(columns, lower, upper);
  const equal = columns.slice(0, shared).map((column, at) => compare(column, '=', upper?.[at]));
  const rest = columns.slice(shared);
  if (rest.length === 0) return lower === undefined ? conjunction(equal) : 'FALSE';
  return conjunction([
    ...equal,
    ...(lower === undefined ? [] : [beyond(rest, '>', lower.slice(shared), false)]),
    ...(upper === undefined ? [] : [beyond(rest, '<', upper.slice(shared), true)]),
  ]);
}

/** The number of leading columns in which both ends are equal. */
function sharedLength(
  columns: readonly KeyColumn[],
  lower: KeyValues | undefined,
  upper: KeyValues | undefined,
): number {
  if (lower === undefined || upper === undefined) return 0;
  const at = columns.findIndex((_, index) => lower[index] !== upper[index]);
  return at < 0 ? columns.length : at;
}

/** `a > 1 OR (a = 1 AND b > 2)`, with a leading `a >= 1` that gives the optimizer a range in any case. */
function beyond(
  columns: readonly KeyColumn[],
  sign: '>' | '<',
  key: KeyValues,
  inclusive: boolean,
): string {
  const last = columns.length - 1;
  const [first] = columns;
  if (first === undefined) return 'TRUE';
  if (last === 0) return compare(first, inclusive ? `${sign}=` : sign, key[0]);
  const ways = columns.map((column, at) =>
    conjunction([
      ...columns.slice(0, at).map((each, index) => compare(each, '=', key[index])),
      compare(column, at === last && inclusive ? `${sign}=` : sign, key[at]),
    ]),
  );
  return `(${compare(first, `${sign}=`, key[0])} AND (${ways.join(' OR ')}))`;
}

function conjunction(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'TRUE' : `(${conditions.join(' AND ')})`;
}

function readExpression({ name, kind, dataType }: KeyColumn): string {
  const column = escapeId(name, true);
  switch (kind) {
    case 'text':
    case 'bytes':
      return `HEX(${column})`;
    case 'float':
      return `CAST(${column} + 0e0 AS CHAR)`;
    case 'timestamp':
      return `CAST(UNIX_TIMESTAMP(${column}) AS CHAR)`;
    case 'member':
      return `CAST(${column} + 0 AS CHAR)`;
    case 'number':
      return `CAST(${dataType === 'bit' ? `${column} + 0` : column} AS CHAR)`;
    case 'time':
    case 'own text':
      return `CAST(${column} AS CHAR)`;
  }
}

/** A local time is at most a day away from the same time in UTC, and from the one that an offset skips or repeats. */
const AROUND = 'INTERVAL 2 DAY';
const DAY = 86_400;
/** Moments that are further than that from both ends of what TIMESTAMP holds, in seconds since 1970. */
const FIRST_MOMENT = 4 * DAY;
const LAST_MOMENT = 2 ** 31 - 4 * DAY;

function compare(column: KeyColumn, sign: string, text: string | undefined): string {
  const name = escapeId(column.name, true);
  const value = literal(column, text ?? '');
  switch (column.kind) {
    case 'member':
      return `${name} + 0 ${sign} ${value}`;
    case 'timestamp': {
      // Only for the index, and only if every server accepts the moment and those around it.
      const hasRange = Number(value) > FIRST_MOMENT && Number(value) < LAST_MOMENT;
      const around = `FROM_UNIXTIME(${value})`;
      return conjunction([
        ...(sign.startsWith('<') || !hasRange ? [] : [`${name} >= ${around} - ${AROUND}`]),
        ...(sign.startsWith('>') || !hasRange ? [] : [`${name} <= ${around} + ${AROUND}`]),
        `UNIX_TIMESTAMP(${name}) ${sign} ${value}`,
      ]);
    }
    default:
      return `${name} ${sign} ${value}`;
  }
}

const SHAPES: Readonly<Record<KeyColumn['kind'], RegExp>> = {
  number: /^-?\d+(\.\d+)?$/,
  float: /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i,
  text: /^([0-9A-F]{2})*$/,
  bytes: /^([0-9A-F]{2})*$/,
  time: /^-?[\d :.-]+$/,
  timestamp: /^\d+(\.\d+)?$/,
  member: /^\d+$/,
  'own text': /^[0-9a-f:.-]+$/i,
};

/** The value as a literal. It has to look as the column's kind does, because it comes from a table. */
function literal({ kind, name, charset, collation }: KeyColumn, text: string): string {
  if (!SHAPES[kind].test(text)) throw new TypeError(`The key column ${name} cannot be "${text}".`);
  switch (kind) {
    case 'text':
      return `_${charset} X'${text}' COLLATE ${collation}`;
    case 'bytes':
      return `X'${text}'`;
    case 'float':
      return /e/i.test(text) ? text : `${text}e0`;
    case 'time':
    case 'own text':
      return `'${text}'`;
    case 'number':
    case 'timestamp':
    case 'member':
      return text;
  }
}
