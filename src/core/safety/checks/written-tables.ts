import type { SentStatement } from '../recording.ts';

/** The tables that a statement writes rows to. */
export interface WrittenTables {
  /** In lower case; `undefined` if any table may be among them. */
  readonly tables: readonly string[] | undefined;
  /** The only columns that change, in lower case; absent if rows come or go. */
  readonly columns?: readonly string[] | undefined;
}

const NONE: WrittenTables = { tables: [] };
const ANY: WrittenTables = { tables: undefined };

/** Words between the verb of a statement and the name of its table. */
const BETWEEN = ['LOW_PRIORITY', 'HIGH_PRIORITY', 'DELAYED', 'IGNORE', 'QUICK', 'INTO', 'FROM'];

/** Reads from a recorded statement which tables it writes rows to. */
export function writtenTables({ kind, tokens, isRefused }: SentStatement): WrittenTables {
  if (isRefused) return NONE;
  if (kind === 'opaque') return ANY;
  if (kind !== 'write') return NONE;
  const [verb = ''] = tokens;
  const at = tokens.findIndex((token, index) => index > 0 && !BETWEEN.includes(token));
  const name = nameOf(tokens[at]);
  if (name === undefined || tokens[at + 1] === '.') return ANY;
  if (verb === 'INSERT' || verb === 'REPLACE') return { tables: [name] };
  if (verb === 'DELETE' && [undefined, ';', 'WHERE', 'LIMIT', 'ORDER'].includes(tokens[at + 1]))
    return { tables: [name] };
  if (verb === 'UPDATE' && tokens[at + 1] === 'SET')
    return { tables: [name], columns: setColumns(tokens.slice(at + 2)) };
  return ANY;
}

/** The columns before `=` in the list of an UPDATE; `undefined` if one of them is not understood. */
function setColumns(tokens: readonly string[]): readonly string[] | undefined {
  const names: (string | undefined)[] = [];
  let depth = 0;
  let begins = true;
  for (const [index, token] of tokens.entries()) {
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (depth > 0) continue;
    if (['WHERE', 'ORDER', 'LIMIT'].includes(token)) break;
    if (begins) {
      const qualified = tokens[index + 1] === '.';
      names.push(nameOf(qualified ? tokens[index + 2] : token));
    }
    begins = token === ',';
  }
  return names.includes(undefined) ? undefined : (names as string[]);
}

function nameOf(token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  if (token.startsWith('`')) return token.slice(1, -1).toLowerCase();
  return /^[\p{L}\p{N}_$]+$/u.test(token) ? token.toLowerCase() : undefined;
}
