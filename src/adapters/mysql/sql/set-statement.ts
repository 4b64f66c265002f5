import { isSymbol, isWord, type SqlToken } from './sql-tokens.ts';

/** The parts of a SET statement that determine its traits. */
export interface SetStatement {
  /**
   * - `session`: variables of the user and of the session, NAMES, ROLE
   * - `transaction`: the next transaction
   * - `wrapped`: MariaDB's SET STATEMENT … FOR; `inner` is the start of the other statement
   * - `beyond`: anything that affects other sessions
   */
  readonly what: 'session' | 'transaction' | 'wrapped' | 'beyond';
  readonly inner?: number;
  /** The system variables that it sets, in lower case. */
  readonly names: readonly string[];
}

/** Reads a SET statement. */
export function parseSet(tokens: readonly SqlToken[]): SetStatement {
  const [, second, third] = tokens;
  const is = (what: SetStatement['what'], names: readonly string[] = []) => ({ what, names });
  if (isWord(second, 'STATEMENT')) {
    const wordFor = tokens.findIndex((token) => isWord(token, 'FOR'));
    return wordFor < 0 ? is('beyond') : { what: 'wrapped', inner: wordFor + 1, names: [] };
  }
  if (isWord(second, 'TRANSACTION')) return is('transaction');
  if (isWord(second, 'SESSION', 'LOCAL') && isWord(third, 'TRANSACTION'))
    return is('session', ['transaction_isolation', 'transaction_read_only']);
  if (isWord(second, 'ROLE', 'NAMES', 'CHARSET')) return is('session');
  if (
    isWord(second, 'PASSWORD', 'RESOURCE') ||
    (isWord(second, 'DEFAULT') && isWord(third, 'ROLE'))
  )
    return is('beyond');
  const names: string[] = [];
  for (const item of items(tokens.slice(1))) {
    const name = nameSet(item);
    if (name === undefined) return is('beyond');
    if (name !== '') names.push(name);
  }
  return is('session', names);
}

/** The session variable that an item sets; empty for a user variable, `undefined` for anything else. */
function nameSet(item: readonly SqlToken[]): string | undefined {
  const [first] = item;
  if (first?.kind === 'variable' && !first.text.startsWith('@@')) return '';
  if (
    isWord(first, 'NAMES', 'CHARSET') ||
    (isWord(first, 'CHARACTER', 'CHAR') && isWord(item[1], 'SET'))
  )
    return '';
  const name = [...item];
  if (isWord(first, 'SESSION', 'LOCAL')) name.shift();
  else if (first?.kind === 'variable') {
    if (/^@@(?:session|local)$/i.test(first.text) && isSymbol(item[1], '.')) name.splice(0, 2);
    else name[0] = { ...first, kind: 'word', text: first.text.slice(2) };
  }
  const [variable, sign] = name;
  if (variable?.kind !== 'word' && variable?.kind !== 'name') return undefined;
  // `SET a.b = …`, `SET GLOBAL a = …`, `SET PERSIST a = …` have something else after the first word.
  return isSymbol(sign, '=') || isSymbol(sign, ':') ? variable.text.toLowerCase() : undefined;
}

function items(tokens: readonly SqlToken[]): SqlToken[][] {
  const found: SqlToken[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (isSymbol(token, '(')) depth++;
    else if (isSymbol(token, ')')) depth--;
    if (depth === 0 && isSymbol(token, ',')) found.push([]);
    else found.at(-1)?.push(token);
  }
  return found;
}
