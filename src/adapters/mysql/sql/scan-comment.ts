import { scanQuoted } from './scan-quoted.ts';
import type { SqlMode } from './sql-mode.ts';

/** The end of a line comment: the index of the line feed, or the length of the text. */
export function scanLineComment(sql: string, at: number): number {
  const end = sql.indexOf('\n', at);
  return end < 0 ? sql.length : end;
}

/** Whether a line comment begins here: `--` must be followed by a blank, a control character or the end (`1--1` is a subtraction). */
export function isDashComment(sql: string, at: number): boolean {
  if (sql[at] !== '-' || sql[at + 1] !== '-') return false;
  const after = sql[at + 2];
  return after === undefined || after <= ' ' || after === '\x7f';
}

export interface ScannedComment {
  readonly end: number;
  /** Whether a server may run its contents: `/*!` and MariaDB's `/*M!`. */
  readonly isExecutable: boolean;
  /** Whether it is not closed, or its end depends on whether the server runs it. */
  readonly isOpen: boolean;
}

/** Finds the end of the comment that begins with `/*` at `at`. */
export function scanComment(sql: string, at: number, mode: SqlMode): ScannedComment {
  if (!EXECUTABLE.test(sql.slice(at, at + 4))) {
    const close = sql.indexOf('*/', at + 2);
    return close < 0
      ? { end: sql.length, isExecutable: false, isOpen: true }
      : { end: close + 2, isExecutable: false, isOpen: false };
  }
  const whereRun = endWhereRun(sql, at + 3, mode);
  const whereSkipped = endWhereSkipped(sql, at + 3);
  return whereRun === whereSkipped && whereRun !== undefined
    ? { end: whereRun, isExecutable: true, isOpen: false }
    : { end: sql.length, isExecutable: true, isOpen: true };
}

const EXECUTABLE = /^\/\*M?!/;

/** The end for a server that runs the comment and therefore reads strings, names and comments inside it. */
function endWhereRun(sql: string, from: number, mode: SqlMode): number | undefined {
  for (let at = from; at < sql.length; ) {
    const character = sql[at];
    if (character === '*' && sql[at + 1] === '/') return at + 2;
    if (character === "'" || character === '"' || character === '`') {
      at = scanQuoted(sql, at, mode).end;
    } else if (character === '#' || (character === '-' && isDashComment(sql, at))) {
      at = scanLineComment(sql, at);
    } else if (character === '/' && sql[at + 1] === '*') {
      const inner = scanComment(sql, at, mode);
      if (inner.isOpen) return undefined;
      at = inner.end;
    } else {
      at++;
    }
  }
  return undefined;
}

/** The end for a server that skips the comment and therefore ignores strings, but allows one level of nested comments. */
function endWhereSkipped(sql: string, from: number): number | undefined {
  const close = sql.indexOf('*/', from);
  const open = sql.indexOf('/*', from);
  if (close < 0) return undefined;
  if (open < 0 || open > close) return close + 2;
  const inner = sql.indexOf('*/', open + 2);
  return inner < 0 ? undefined : endWhereSkipped(sql, inner + 2);
}
