import { hash } from 'node:crypto';

/** Hashes that show whether a statement is the one that an earlier attempt ran. */
export interface StatementDigest {
  /** SHA-256 of its text, hex. */
  readonly text: string;
  /** SHA-256 of its bindings, hex. */
  readonly bindings: string;
  /** SHA-256 of text and bindings to the letter, points in time included, hex; `null` in old journals. */
  readonly exact: string | null;
}

/** How a statement compares with the one that an earlier attempt ran at its position. */
export type Likeness = 'same' | 'other values' | 'other text';

/**
 * Compares strictly, to the letter, once the migration's file was changed: then a point in time may be
 * just what was corrected. While the file is the same, points in time may differ.
 */
export function compareDigests(
  earlier: StatementDigest,
  now: StatementDigest,
  isStrict: boolean,
): Likeness {
  if (earlier.text !== now.text) return 'other text';
  if (earlier.bindings !== now.bindings) return 'other values';
  return isStrict && earlier.exact !== now.exact ? 'other values' : 'same';
}

/**
 * Hashes a statement's text and its bindings. Points in time are left out of both: a migration that
 * writes down when it ran writes another one when it is resumed.
 */
export function statementDigest(sql: string, bindings: readonly unknown[]): StatementDigest {
  let text: string | undefined;
  // A migration may change its own objects before anybody asks.
  const texts = bindings.map((value) => bindingText(value, withoutTimes));
  const exactTexts = bindings.map((value) => bindingText(value, exactly));
  let exact: string | undefined;
  return {
    // Of many statements nobody asks for it, and the text stays as it is.
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
