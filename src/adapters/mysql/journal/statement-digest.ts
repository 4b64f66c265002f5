import { hash } from 'node:crypto';

/** What tells whether a statement is the one that an earlier attempt ran. */
export interface StatementDigest {
  /** SHA-256 of its text, hex. */
  readonly text: string;
  /** SHA-256 of its bindings, hex. */
  readonly bindings: string;
}

/**
 * Hashes a statement's text and its bindings. Points in time are left out of both: a migration that
 * writes down when it ran writes another one when it is resumed.
 */
export function statementDigest(sql: string, bindings: readonly unknown[]): StatementDigest {
  let text: string | undefined;
  return {
    // Of many statements nobody asks for it, and the text stays as it is.
    get text() {
      text ??= sha256(withoutTimes(sql));
      return text;
    },
    bindings: bindings.length === 0 ? NO_BINDINGS : sha256(bindings.map(bindingText).join('\0')),
  };
}

const TIME = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?/g;

function withoutTimes(text: string): string {
  return text.replace(TIME, '<time>');
}

function bindingText(value: unknown): string {
  if (value instanceof Date) return 'time';
  if (Buffer.isBuffer(value)) return `bytes ${value.toString('hex')}`;
  if (typeof value === 'bigint') return `bigint ${value}`;
  if (typeof value === 'string') return `string ${withoutTimes(value)}`;
  return `${typeof value} ${JSON.stringify(value) ?? ''}`;
}

function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

const NO_BINDINGS = sha256('');
