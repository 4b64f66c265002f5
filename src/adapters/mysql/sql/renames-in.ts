import { objectAt } from './ddl-object.ts';
import { readingsOf } from './executable-comments.ts';
import { DEFAULT_SQL_MODE, type SqlMode } from './sql-mode.ts';
import { areWords, isSymbol, isWord, type SqlToken } from './sql-tokens.ts';

/** One rename that a statement makes: of a table, or of a column within the table that it alters. */
export interface SqlRename {
  readonly what: 'table' | 'column';
  readonly from: string;
  readonly to: string;
}

/**
 * The renames of a statement in the order in which the server makes them: `RENAME TABLE a TO b, b TO c` has two,
 * which build on each other. Of a text with executable comments, the reading that runs them counts.
 */
export function renamesIn(sql: string, mode: SqlMode = DEFAULT_SQL_MODE): SqlRename[] {
  const [tokens = []] = readingsOf(sql, mode) ?? [];
  if (isWord(tokens[0], 'RENAME') && isWord(tokens[1], 'TABLE', 'TABLES')) {
    return renamedTables(tokens);
  }
  const table = tokens.findIndex((token, index) => index < 4 && isWord(token, 'TABLE'));
  if (!isWord(tokens[0], 'ALTER') || table < 0) return [];
  const guard = areWords(tokens, table + 1, 'IF', 'EXISTS') ? 2 : 0;
  const found = objectAt(tokens, table + 1 + guard, 'TABLE');
  if (found === undefined) return [];
  return clausesOf(tokens.slice(found.next)).flatMap((clause) =>
    renameOf(clause, found.object.name),
  );
}

function renamedTables(tokens: readonly SqlToken[]): SqlRename[] {
  const renames: SqlRename[] = [];
  for (let at = areWords(tokens, 2, 'IF', 'EXISTS') ? 4 : 2; ; ) {
    const from = objectAt(tokens, at, 'TABLE');
    // MariaDB takes `WAIT n` and `NOWAIT` before TO.
    const to = tokens.findIndex(
      (token, index) => from !== undefined && index >= from.next && isWord(token, 'TO'),
    );
    const target = from && to > 0 ? objectAt(tokens, to + 1, 'TABLE') : undefined;
    if (from === undefined || target === undefined) return renames;
    renames.push({ what: 'table', from: from.object.name, to: target.object.name });
    if (!isSymbol(tokens[target.next], ',')) return renames;
    at = target.next + 1;
  }
}

/** The clauses of an ALTER, at the commas outside of brackets. */
function clausesOf(tokens: readonly SqlToken[]): SqlToken[][] {
  const clauses: SqlToken[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (isSymbol(token, '(')) depth += 1;
    if (isSymbol(token, ')')) depth -= 1;
    if (depth === 0 && isSymbol(token, ',')) clauses.push([]);
    else clauses.at(-1)?.push(token);
  }
  return clauses;
}

function renameOf(clause: readonly SqlToken[], table: string): SqlRename[] {
  if (isWord(clause[0], 'CHANGE')) {
    let at = isWord(clause[1], 'COLUMN') ? 2 : 1;
    if (areWords(clause, at, 'IF', 'EXISTS')) at += 2;
    const [from, to] = [nameOf(clause[at]), nameOf(clause[at + 1])];
    return from === undefined || to === undefined || from === to
      ? []
      : [{ what: 'column', from, to }];
  }
  if (!isWord(clause[0], 'RENAME') || isWord(clause[1], 'INDEX', 'KEY')) return [];
  if (isWord(clause[1], 'COLUMN')) {
    const at = areWords(clause, 2, 'IF', 'EXISTS') ? 4 : 2;
    const [from, to] = [nameOf(clause[at]), nameOf(clause[at + 2])];
    return from === undefined || to === undefined ? [] : [{ what: 'column', from, to }];
  }
  const target = objectAt(clause, isWord(clause[1], 'TO', 'AS', '=') ? 2 : 1, 'TABLE');
  return target === undefined ? [] : [{ what: 'table', from: table, to: target.object.name }];
}

function nameOf(token: SqlToken | undefined): string | undefined {
  return token?.kind === 'name' || token?.kind === 'word' ? token.text : undefined;
}
