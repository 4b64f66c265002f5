import { hash } from 'node:crypto';

/** Hashes that show whether a statement equals that of an earlier attempt. */
export interface StatementHashes {
  /** SHA-256 of its text without points in time, hex. */
  readonly text: string;
  /** SHA-256 of its bindings without points in time, hex. */
  readonly bindings: string;
  /** SHA-256 of the exact text and bindings, including points in time, hex; `null` in old journals. */
  readonly exact: string | null;
}

/** The result of comparing a statement with that of an earlier attempt at the same position. */
export type Likeness = 'same' | 'other values' | 'other text';

/**
 * Compares two statements. While the migration's file is unchanged, points in time may differ. After a
 * change (`isStrict`) they must be equal, because a point in time may be what was corrected.
 */
export function compareStatements(
  earlier: StatementHashes,
  now: StatementHashes,
  isStrict: boolean,
): Likeness {
  if (earlier.text !== now.text) return 'other text';
  if (earlier.bindings !== now.bindings) return 'other values';
  return isStrict && earlier.exact !== now.exact ? 'other values' : 'same';
}

/**
 * Hashes a statement's text and bindings without points in time: a migration that stores the current time
 * sends a different one when it is resumed.
 */
export function hashStatement(sql: string, bindings: readonly unknown[]): StatementHashes {
  let text: string | undefined;
  // The bindings are read now, because a migration may change its objects later.
  const texts = bindings.map((value) => bindingText(value, withoutTimes));
  const exactTexts = bindings.map((value) => bindingText(value, exactly));
  let exact: string | undefined;
  return {
    // The text cannot change, and its hash is never needed for many statements, so it is computed lazily.
    get text() {
      text ??= sha256(withoutTimes(sql));
      return text;
    },
    bindings: bindings.length === 0 ? NO_BINDINGS : sha256(texts.join('\0')),
    get exact() {
      exact ??= sha256([sql, ...exactTexts].join('\0'));
      return exact;
    },
  };
}

const TIME = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?/g;

function withoutTimes(text: string): string {
  return text.replace(TIME, '<time>');
}

function exactly(text: string): string {
  return text;
}

function bindingText(value: unknown, shown: (text: string) => string): string {
  if (value instanceof Date) return shown === exactly ? `time ${value.getTime()}` : 'time';
  if (Buffer.isBuffer(value)) return `bytes ${value.toString('hex')}`;
  if (typeof value === 'bigint') return `bigint ${value}`;
  if (typeof value === 'string') return `string ${shown(value)}`;
  return `${typeof value} ${JSON.stringify(value) ?? ''}`;
}

function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

const NO_BINDINGS = sha256('');
