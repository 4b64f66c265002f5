import { closingBracket } from './function-calls.ts';
import { areWords, isSymbol, isWord, type SqlToken } from './sql-tokens.ts';

/** The effect of one clause of ALTER TABLE. */
export type DdlClause =
  | {
      readonly does: 'add' | 'drop';
      readonly what: 'column' | 'key' | 'foreign key' | 'check' | 'constraint';
      readonly name: string;
    }
  | { readonly does: 'add' | 'drop'; readonly what: 'primary key' }
  | {
      readonly does: 'rename';
      readonly what: 'column' | 'key';
      readonly name: string;
      readonly to: string;
    }
  /** A new definition of an existing column: only a change of the table shows that it ran. */
  | { readonly does: 'redefine'; readonly what: 'column'; readonly name: string }
  /** A property of the table, or an option of the change. */
  | { readonly does: 'set'; readonly what: 'table' }
  /** An index or constraint without a name: running the statement twice would create two. */
  | { readonly does: 'add'; readonly what: 'unnamed' };

const TABLE_OPTIONS = [
  'ENGINE',
  'CHARSET',
  'CHARACTER',
  'DEFAULT',
  'COLLATE',
  'COMMENT',
  'ROW_FORMAT',
  'AUTO_INCREMENT',
  'ALGORITHM',
  'LOCK',
  'FORCE',
  'KEY_BLOCK_SIZE',
  'STATS_PERSISTENT',
  'STATS_AUTO_RECALC',
  'STATS_SAMPLE_PAGES',
  'COMPRESSION',
  'ENCRYPTION',
  'PAGE_COMPRESSED',
];

/**
 * Parses the clauses after the table's name; `undefined` if one of them is unknown. What another clause replaces
 * counts as a property of the table, because its name proves nothing.
 */
export function alterClauses(tokens: readonly SqlToken[]): DdlClause[] | undefined {
  const clauses = clausesAsGiven(tokens);
  return clauses?.map((clause) => (isReplaced(clause, clauses) ? SET : clause));
}

/** The same, each clause as it is given. */
export function clausesAsGiven(tokens: readonly SqlToken[]): DdlClause[] | undefined {
  const clauses: DdlClause[] = [];
  for (const part of atCommas(tokens)) {
    const understood = clause(part);
    if (understood === undefined) return undefined;
    clauses.push(...understood);
  }
  return clauses;
}

const SET: DdlClause = { does: 'set', what: 'table' };

/** Whether another clause adds what this one drops, or the reverse: then the name exists before and after. */
function isReplaced(clause: DdlClause, clauses: readonly DdlClause[]): boolean {
  if (clause.does !== 'add' && clause.does !== 'drop') return false;
  const thing = (each: DdlClause) =>
    `${each.what} ${'name' in each ? each.name.toLowerCase() : ''}`;
  const opposite = clause.does === 'add' ? 'drop' : 'add';
  return clauses.some((each) => each.does === opposite && thing(each) === thing(clause));
}

/**
 * Whether all clauses are guarded (MariaDB: `ADD COLUMN IF NOT EXISTS`, `DROP COLUMN IF EXISTS`) and concern
 * different names, so that running them again does nothing.
 */
export function areGuarded(tokens: readonly SqlToken[]): boolean {
  const names = atCommas(tokens).map(guardedName);
  return names.length > 0 && !names.includes(undefined) && new Set(names).size === names.length;
}

/** The subject of a guarded ADD or DROP, in lower case. */
function guardedName(tokens: readonly SqlToken[]): string | undefined {
  const guard = isWord(tokens[0], 'ADD') ? ['IF', 'NOT', 'EXISTS'] : ['IF', 'EXISTS'];
  if (!isWord(tokens[0], 'ADD', 'DROP')) return undefined;
  // COLUMN, INDEX, FOREIGN KEY, CONSTRAINT and the like may precede the guard, but no name.
  const at = tokens.findIndex((_, index) => areWords(tokens, index, ...guard));
  if (at < 1 || !tokens.slice(1, at).every((token) => isWord(token, ...GUARDED))) return undefined;
  return keyName(tokens[at + guard.length])?.toLowerCase();
}

const GUARDED = [
  'COLUMN',
  'CONSTRAINT',
  'FOREIGN',
  'FULLTEXT',
  'INDEX',
  'KEY',
  'SPATIAL',
  'UNIQUE',
  'VECTOR',
];

/**
 * Whether a vector key begins here (MariaDB 11.7), and not a column of that name: INDEX is optional, and
 * brackets with a name in them belong to a key.
 */
export function isVectorKey(tokens: readonly SqlToken[], at: number): boolean {
  if (!isWord(tokens[at], 'VECTOR')) return false;
  if (isWord(tokens[at + 1], 'INDEX', 'KEY') || isSymbol(tokens[at + 1], '(')) return true;
  const inside = isSymbol(tokens[at + 2], '(') ? tokens[at + 3] : undefined;
  return inside?.kind === 'name' || inside?.kind === 'word';
}

/** The name of a key or constraint; `undefined` if brackets follow instead of a name. */
export function keyName(token: SqlToken | undefined): string | undefined {
  if (token?.kind === 'name') return token.text;
  return token?.kind === 'word' &&
    !isWord(token, 'USING', 'FOREIGN', 'CHECK', 'UNIQUE', 'PRIMARY', 'REFERENCES')
    ? token.text
    : undefined;
}

function clause(tokens: readonly SqlToken[]): DdlClause[] | undefined {
  const [first, second, third] = tokens;
  if (isWord(first, ...TABLE_OPTIONS)) return [SET];
  // Not CONVERT PARTITION and CONVERT TABLE.
  if (isWord(first, 'CONVERT')) return isWord(second, 'TO') ? [SET] : undefined;
  if (isWord(first, 'ADD')) return addClause(tokens);
  if (isWord(first, 'DROP')) return dropClause(tokens);
  if (
    isWord(first, 'MODIFY') ||
    (isWord(first, 'ALTER') && !isWord(second, 'INDEX', 'CHECK', 'CONSTRAINT'))
  ) {
    const name = keyName(isWord(second, 'COLUMN') ? third : second);
    return name === undefined || isWord(second, 'IF')
      ? undefined
      : [{ does: 'redefine', what: 'column', name }];
  }
  if (isWord(first, 'CHANGE')) {
    const at = isWord(second, 'COLUMN') ? 2 : 1;
    const [name, to] = [keyName(tokens[at]), keyName(tokens[at + 1])];
    if (name === undefined || to === undefined || isWord(tokens[at], 'IF')) return undefined;
    if (name.toLowerCase() === to.toLowerCase())
      return [{ does: 'redefine', what: 'column', name }];
    return [{ does: 'rename', what: 'column', name, to }];
  }
  if (
    isWord(first, 'RENAME') &&
    isWord(second, 'COLUMN', 'INDEX', 'KEY') &&
    isWord(tokens[3], 'TO')
  ) {
    const [name, to] = [keyName(third), keyName(tokens[4])];
    const what = isWord(second, 'COLUMN') ? 'column' : 'key';
    return name === undefined || to === undefined
      ? undefined
      : [{ does: 'rename', what, name, to }];
  }
  return undefined;
}

function addClause(tokens: readonly SqlToken[]): DdlClause[] | undefined {
  let at = 1;
  let constraint: string | undefined;
  if (isWord(tokens[at], 'CONSTRAINT')) {
    constraint = keyName(tokens[at + 1]);
    at += constraint === undefined ? 1 : 2;
  }
  const token = tokens[at];
  if (isWord(token, 'PRIMARY')) return [{ does: 'add', what: 'primary key' }];
  if (isWord(token, 'FOREIGN')) return [named('foreign key', constraint)];
  if (isWord(token, 'CHECK')) return [named('check', constraint)];
  if (isWord(token, 'UNIQUE', 'FULLTEXT', 'SPATIAL', 'INDEX', 'KEY') || isVectorKey(tokens, at)) {
    const next = at + (isWord(tokens[at + 1], 'INDEX', 'KEY') ? 2 : 1);
    if (isWord(tokens[next], 'IF')) return undefined;
    return [named('key', keyName(tokens[next]) ?? constraint)];
  }
  if (isWord(token, 'PARTITION', 'SYSTEM', 'PERIOD')) return undefined;
  if (isWord(token, 'COLUMN')) at++;
  if (isWord(tokens[at], 'IF')) return undefined;
  if (isSymbol(tokens[at], '(')) return addInBrackets(tokens, at);
  const name = keyName(tokens[at]);
  if (name === undefined) return undefined;
  // A column may add an index, which the server names.
  return [{ does: 'add', what: 'column', name }];
}

/** Parses clauses in brackets: `ADD (a INT, KEY (a))`. */
function addInBrackets(tokens: readonly SqlToken[], open: number): DdlClause[] | undefined {
  const close = closingBracket(tokens, open);
  if (close !== tokens.length - 1) return undefined;
  const items = atCommas(tokens.slice(open + 1, close));
  const clauses = items.map((item) => addClause([tokens[0] as SqlToken, ...item]));
  return clauses.includes(undefined) ? undefined : (clauses as DdlClause[][]).flat();
}

function dropClause(tokens: readonly SqlToken[]): DdlClause[] | undefined {
  const [, second, third] = tokens;
  if (isWord(second, 'PRIMARY')) return [{ does: 'drop', what: 'primary key' }];
  if (isWord(second, 'PARTITION', 'SYSTEM', 'PERIOD') || isWord(third, 'IF')) return undefined;
  const drop = (
    what: 'column' | 'key' | 'foreign key' | 'check' | 'constraint',
    token = third,
  ): DdlClause[] | undefined => {
    const name = keyName(token);
    return name === undefined ? undefined : [{ does: 'drop', what, name }];
  };
  if (isWord(second, 'INDEX', 'KEY')) return drop('key');
  if (areWords(tokens, 1, 'FOREIGN', 'KEY'))
    return isWord(tokens[3], 'IF') ? undefined : drop('foreign key', tokens[3]);
  if (isWord(second, 'CHECK')) return drop('check');
  if (isWord(second, 'CONSTRAINT')) return drop('constraint');
  if (isWord(second, 'COLUMN')) return drop('column');
  return isWord(second, 'IF') ? undefined : drop('column', second);
}

function named(what: 'key' | 'foreign key' | 'check', name: string | undefined): DdlClause {
  return name === undefined ? { does: 'add', what: 'unnamed' } : { does: 'add', what, name };
}

function atCommas(tokens: readonly SqlToken[]): SqlToken[][] {
  const parts: SqlToken[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (isSymbol(token, '(')) depth++;
    else if (isSymbol(token, ')')) depth--;
    if (depth === 0 && isSymbol(token, ',')) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts.filter((part) => part.length > 0);
}
