import { inspect } from 'node:util';
import { displayPath } from './display-path.ts';

/** jiti's syntax error, which is only text: reason, file, line and column (from 0). */
const PARSE_ERROR = /^ParseError: (.*?)\s*\n\s*(.+):(\d+):(\d+)$/s;

/** The maximum number of characters shown of another program's message. */
const MAX_REASON_LENGTH = 300;

/** The reason why a user's file could not be loaded. */
export interface LoadTrouble {
  readonly kind: 'syntax' | 'import' | 'throws';
  /** Completes "<file> …", without a stack. */
  readonly reason: string;
}

/** Explains what a module threw while it was loaded, which may be any value. `path` is its full path. */
export function explainLoadError(path: string, thrown: unknown): LoadTrouble {
  return (
    syntaxError(path, thrown) ??
    missingModule(thrown) ?? {
      kind: 'throws',
      reason: `throws when it is loaded${lineOf(path, thrown)}: ${describe(thrown)}`,
    }
  );
}

function syntaxError(path: string, thrown: unknown): LoadTrouble | undefined {
  const message = thrown instanceof Error ? thrown.message : '';
  const [, reason = '', where = '', line, column] = PARSE_ERROR.exec(message) ?? [];
  if (line === undefined) return undefined;
  const elsewhere = where === path ? '' : `imports ${displayPath(where)}, which `;
  return {
    kind: 'syntax',
    reason: `${elsewhere}has a syntax error at line ${line}, column ${Number(column) + 1}: ${firstLine(reason)}`,
  };
}

function missingModule(thrown: unknown): LoadTrouble | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  if (thrown.code !== 'MODULE_NOT_FOUND' && thrown.code !== 'ERR_MODULE_NOT_FOUND') {
    return undefined;
  }
  return {
    kind: 'import',
    reason: `imports a module that does not exist: ${firstLine(thrown.message)}`,
  };
}

/** `, at line 3` if the error's stack passes through the file, else nothing. */
function lineOf(path: string, thrown: unknown): string {
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
  const at = stack.indexOf(`${path}:`);
  const line = at < 0 ? undefined : /^\d+/.exec(stack.slice(at + path.length + 1))?.[0];
  return line === undefined ? '' : `, at line ${line}`;
}

function describe(thrown: unknown): string {
  if (thrown instanceof Error) return firstLine(`${thrown.name}: ${thrown.message}`);
  return `${firstLine(inspect(thrown, { depth: 1, breakLength: Number.POSITIVE_INFINITY }))}, which is not an Error`;
}

function firstLine(text: string): string {
  const [line = ''] = text.trim().split('\n', 1);
  const short = line.length > MAX_REASON_LENGTH ? `${line.slice(0, MAX_REASON_LENGTH)}…` : line;
  return short.replace(/\.$/, '');
}
