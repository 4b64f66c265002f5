import { inspect } from 'node:util';
import { migrationInvalid } from '../../core/bundle/migration-module.ts';
import type { FanfoldError } from '../../core/errors.ts';
import { displayPath } from './display-path.ts';

/** Where and what: jiti spells a syntax error as text, its column counted from 0. */
const PARSE_ERROR = /^ParseError: (.*?)\s*\n\s*(.+):(\d+):(\d+)$/s;

/** Longest part of a foreign message that is shown. */
const MAX_REASON_LENGTH = 300;

/**
 * The `MigrationInvalid` for what a migration file threw while it was loaded, which may be anything:
 * place and reason, without a stack. `path` is the file's full path.
 */
export function migrationLoadError(path: string, thrown: unknown): FanfoldError {
  const file = displayPath(path);
  return (
    syntaxError(file, path, thrown) ??
    missingModule(file, thrown) ??
    migrationInvalid(
      file,
      `throws while it is loaded${lineOf(path, thrown)}: ${describe(thrown)}`,
      'Correct the file; what a migration does belongs into `up` and `down`.',
      thrown,
    )
  );
}

function syntaxError(file: string, path: string, thrown: unknown): FanfoldError | undefined {
  const message = thrown instanceof Error ? thrown.message : '';
  const [, reason = '', where = '', line, column] = PARSE_ERROR.exec(message) ?? [];
  if (line === undefined) return undefined;
  const elsewhere = where === path ? '' : ` imports ${displayPath(where)}, which`;
  return migrationInvalid(
    file,
    `${elsewhere} has a syntax error at line ${line}, column ${Number(column) + 1}: ${firstLine(reason)}`.trimStart(),
    'Correct the syntax, then run the command again.',
    thrown,
  );
}

function missingModule(file: string, thrown: unknown): FanfoldError | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  if (thrown.code !== 'MODULE_NOT_FOUND' && thrown.code !== 'ERR_MODULE_NOT_FOUND') {
    return undefined;
  }
  return migrationInvalid(
    file,
    `imports what is not there: ${firstLine(thrown.message)}`,
    'Correct the import, or install the package in your project.',
    thrown,
  );
}

/** `, at line 3`, where the error's stack passes through the file. */
function lineOf(path: string, thrown: unknown): string {
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
  const at = stack.indexOf(`${path}:`);
  const line = at < 0 ? undefined : /^\d+/.exec(stack.slice(at + path.length + 1))?.[0];
  return line === undefined ? '' : `, at line ${line}`;
}

function describe(thrown: unknown): string {
  if (thrown instanceof Error) return firstLine(`${thrown.name}: ${thrown.message}`);
  return `${firstLine(inspect(thrown, { depth: 1, breakLength: Number.POSITIVE_INFINITY }))}, which is no Error`;
}

function firstLine(text: string): string {
  const [line = ''] = text.trim().split('\n', 1);
  const short = line.length > MAX_REASON_LENGTH ? `${line.slice(0, MAX_REASON_LENGTH)}…` : line;
  return short.replace(/\.$/, '');
}
