import { alterForms } from './alter-forms.ts';
import { parseDdl } from './ddl.ts';
import { clausesAsGiven } from './ddl-clauses.ts';
import { type DdlObject, objectAt } from './ddl-object.ts';
import { readingsOf } from './executable-comments.ts';
import type { SqlMode } from './sql-mode.ts';
import { areWords, isSymbol, isWord, type SqlToken, sqlTokens } from './sql-tokens.ts';

/** The tables or columns that a DDL statement removes with their values. */
export type Losses =
  | { readonly lost: 'tables'; readonly tables: readonly DdlObject[] }
  | { readonly lost: 'columns'; readonly table: DdlObject; readonly columns: readonly string[] }
  /** It removes something, and its text does not show what. */
  | { readonly lost: 'unknown'; readonly why: string };

/** Reads which tables or columns a DDL statement drops; `undefined` if none. A pure function of the text. */
export function lossesOf(sql: string, mode: SqlMode): Losses | undefined {
  const readings = readingsOf(sql, mode);
  const [tokens = []] = readings ?? [];
  if (!isWord(tokens[0], 'DROP', 'ALTER', 'CREATE')) return undefined;
  if (readings?.length !== 1)
    return /\bDROP\b/i.test(sql) ? unknown('comments that only some servers execute') : undefined;
  if (isWord(tokens[0], 'CREATE'))
    return areWords(tokens, 1, 'OR', 'REPLACE', 'TABLE')
      ? unknown('CREATE OR REPLACE TABLE')
      : undefined;
  return isWord(tokens[0], 'DROP') ? ofDrop(tokens) : ofAlter(sql, mode);
}

function ofDrop(tokens: readonly SqlToken[]): Losses | undefined {
  if (!isWord(tokens[1], 'TABLE', 'TABLES')) return undefined;
  const tables: DdlObject[] = [];
  for (let at = areWords(tokens, 2, 'IF', 'EXISTS') ? 4 : 2; ; ) {
    const found = objectAt(tokens, at, 'TABLE');
    if (found === undefined) return unknown('the names of the tables');
    tables.push(found.object);
    if (!isSymbol(tokens[found.next], ',')) return { lost: 'tables', tables };
    at = found.next + 1;
  }
}

function ofAlter(sql: string, mode: SqlMode): Losses | undefined {
  const { table, clausesAt } = alterForms(sql, mode) ?? {};
  if (table === undefined || clausesAt === undefined) return undefined;
  const tokens = sqlTokens(sql, mode).filter(
    (token) => token.start >= clausesAt && !isSymbol(token, ';'),
  );
  const clauses = clausesAsGiven(tokens);
  if (clauses === undefined) {
    // Renaming, partitions and the like; none of them but DROP and TRUNCATE removes values.
    const isHarmless = parseDdl(sql, mode)?.effect === 'rename';
    const mayDrop = tokens.some((token) =>
      isWord(token, 'DROP', 'TRUNCATE', 'EXCHANGE', 'DISCARD'),
    );
    return mayDrop && !isHarmless ? unknown('its clauses') : undefined;
  }
  const columns = clauses.flatMap((each) =>
    each.does === 'drop' && each.what === 'column' ? [each.name] : [],
  );
  return columns.length === 0 ? undefined : { lost: 'columns', table, columns };
}

function unknown(why: string): Losses {
  return { lost: 'unknown', why };
}
