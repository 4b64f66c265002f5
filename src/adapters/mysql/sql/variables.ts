import { isSymbol, isWord, type SqlToken } from './sql-tokens.ts';

/** The variables that a statement names, in lower case and without `@`. */
export interface Variables {
  readonly reads: ReadonlySet<string>;
  readonly sets: ReadonlySet<string>;
  /** System variables in expressions, such as `@@session.warning_count`. */
  readonly system: ReadonlySet<string>;
}

/**
 * Finds the variables among these tokens. One is set by `:=`, by INTO, in SET and GET DIAGNOSTICS before
 * `=`, and in the list of LOAD DATA; an argument of CALL may be both read and set.
 */
export function variablesIn(tokens: readonly SqlToken[]): Variables {
  const reads = new Set<string>();
  const sets = new Set<string>();
  const system = new Set<string>();
  const [first] = tokens;
  const assigns = isWord(first, 'SET', 'GET');
  const isCall = isWord(first, 'CALL');
  const listEnd = isWord(first, 'LOAD') ? indexOfWord(tokens, 'SET') : 0;
  let depth = 0;
  let isInInto = false;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as SqlToken;
    if (isSymbol(token, '(')) depth++;
    else if (isSymbol(token, ')')) depth--;
    // MySQL allows a blank after `@`.
    const isApart = isSymbol(token, '@') && tokens[at + 1] !== undefined;
    if (isApart) reads.add((tokens[at + 1] as SqlToken).text.toLowerCase());
    if (token.kind !== 'variable') {
      isInInto = isWord(token, 'INTO') || (isInInto && isSymbol(token, ','));
      continue;
    }
    if (token.text.startsWith('@@')) {
      system.add(systemName(tokens, at));
      continue;
    }
    const name = token.text.slice(1).toLowerCase();
    const isEqual = isSymbol(tokens[at + 1], '=');
    const isAssigned = isSymbol(tokens[at + 1], ':') && isSymbol(tokens[at + 2], '=');
    const isTarget =
      isInInto ||
      isAssigned ||
      (assigns && depth === 0 && isEqual && isItem(tokens, at)) ||
      at < listEnd;
    if (isTarget || isCall) sets.add(name);
    if (!isTarget || isCall) reads.add(name);
  }
  return { reads, sets, system };
}

/** The name of a system variable without `@@`, SESSION, LOCAL or GLOBAL. */
function systemName(tokens: readonly SqlToken[], at: number): string {
  const name = (tokens[at] as SqlToken).text.slice(2).toLowerCase();
  const isScope = ['session', 'local', 'global', 'persist', 'persist_only'].includes(name);
  if (!isScope || !isSymbol(tokens[at + 1], '.')) return name;
  return tokens[at + 2]?.text.toLowerCase() ?? '';
}

/** Whether an item of a list begins here, as in `SET @a = 1, @b = 2` and not in `SET @a = @b = 2`. */
function isItem(tokens: readonly SqlToken[], at: number): boolean {
  const before = tokens[at - 1];
  return isSymbol(before, ',') || isWord(before, 'SET', 'DIAGNOSTICS') || isCondition(tokens, at);
}

/** Whether this assigns a variable in `GET DIAGNOSTICS CONDITION 1 @a = …`. */
function isCondition(tokens: readonly SqlToken[], at: number): boolean {
  return isWord(tokens[at - 2], 'CONDITION');
}

function indexOfWord(tokens: readonly SqlToken[], word: string): number {
  const at = tokens.findIndex((token) => isWord(token, word));
  return at < 0 ? tokens.length : at;
}
