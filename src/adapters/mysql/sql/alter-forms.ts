import { type DdlObject, objectAt } from './ddl-object.ts';
import { isExecutableComment } from './executable-comments.ts';
import type { SqlMode } from './sql-mode.ts';
import { areWords, isSymbol, isWord, type SqlToken, sqlTokens } from './sql-tokens.ts';

/** The ways of carrying out an ALTER that a clause can demand. */
export interface DemandedWay {
  /** Absent: no clause. */
  readonly algorithm?: 'INSTANT' | 'INPLACE' | 'COPY' | undefined;
  /** Absent: no clause. MySQL refuses one beside INSTANT. */
  readonly lock?: 'NONE' | 'SHARED' | 'EXCLUSIVE' | undefined;
}

/** A statement that takes the clauses ALGORITHM and LOCK. */
export interface AlterForms {
  readonly table: DdlObject;
  /** The clauses that the statement has itself, in upper case; DEFAULT counts as none. */
  readonly own: { readonly algorithm?: string | undefined; readonly lock?: string | undefined };
  /** The position of the clauses of an ALTER TABLE, after the table's name. */
  readonly clausesAt: number | undefined;
  /** The statement with the demand of this way; clauses that it has itself stay. */
  demanding(way: DemandedWay): string;
}

/**
 * Reads an ALTER TABLE, CREATE INDEX or DROP INDEX, so that it can be sent with clauses that demand a way of
 * carrying it out. `undefined` for every other statement, and for one that has such a clause or its table in a
 * comment that only some servers execute.
 */
export function alterForms(sql: string, mode: SqlMode): AlterForms | undefined {
  const all = sqlTokens(sql, mode);
  const tokens = isSymbol(all.at(-1), ';') ? all.slice(0, -1) : all;
  if (
    tokens.some((token) => isExecutableComment(token) && /\b(?:ALGORITHM|LOCK)\b/i.test(token.text))
  )
    return undefined;
  const dropped = isWord(tokens[0], 'DROP') ? dropAsAlter(sql, tokens) : undefined;
  if (dropped !== undefined) return alterForms(dropped, mode);
  const place = isWord(tokens[0], 'ALTER') ? placeInAlter(tokens) : placeInIndex(tokens);
  if (place === undefined) return undefined;
  const algorithm = ownClause(tokens, 'ALGORITHM');
  const lock = ownClause(tokens, 'LOCK');
  return {
    table: place.table,
    clausesAt: isWord(tokens[0], 'ALTER') ? place.at : undefined,
    own: {
      algorithm: given(algorithm),
      lock: given(lock),
    },
    demanding(way) {
      const edits: Edit[] = [];
      const added: string[] = [];
      const demand = (name: string, own: SqlToken | undefined, value: string | undefined) => {
        if (value === undefined) return;
        if (own === undefined) added.push(`${name}=${value}`);
        else if (given(own) === undefined || given(own) === 'NOCOPY')
          edits.push({ start: own.start, end: own.end, text: value });
      };
      demand('ALGORITHM', algorithm, way.algorithm);
      demand('LOCK', lock, way.lock);
      if (added.length > 0) {
        const text = ` ${added.join(place.between)}${place.after}`;
        edits.push({ start: place.at, end: place.at, text });
      }
      return edited(sql, edits);
    },
  };
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function edited(sql: string, edits: readonly Edit[]): string {
  const ordered = [...edits].sort((a, b) => b.start - a.start);
  return ordered.reduce(
    (text, { start, end, text: own }) => text.slice(0, start) + own + text.slice(end),
    sql,
  );
}

/** A clause's value, without DEFAULT, which demands nothing. */
function given(value: SqlToken | undefined): string | undefined {
  const text = value?.text.toUpperCase();
  return text === 'DEFAULT' ? undefined : text;
}

/** The position of added clauses, and the text that separates them from each other and from the rest. */
interface Place {
  readonly table: DdlObject;
  readonly at: number;
  readonly between: string;
  readonly after: string;
}

/** Clauses follow the table's name, because commands about partitions take them nowhere else. */
function placeInAlter(tokens: readonly SqlToken[]): Place | undefined {
  const table = tokens.findIndex((token, index) => index < 4 && isWord(token, 'TABLE'));
  if (table < 0) return undefined;
  const name = table + (areWords(tokens, table + 1, 'IF', 'EXISTS') ? 3 : 1);
  const found = objectAt(tokens, name, 'TABLE');
  if (found === undefined) return undefined;
  // MariaDB: `ALTER TABLE t WAIT 5 ADD …`.
  let next = found.next;
  if (isWord(tokens[next], 'NOWAIT')) next += 1;
  else if (isWord(tokens[next], 'WAIT')) next += 2;
  const before = tokens[next - 1];
  const first = tokens[next];
  if (before === undefined) return undefined;
  // The options of a whole partitioning follow the other clauses without a comma.
  const isAlone =
    first === undefined ||
    areWords(tokens, next, 'PARTITION', 'BY') ||
    areWords(tokens, next, 'REMOVE', 'PARTITIONING');
  return { table: found.object, at: before.end, between: ', ', after: isAlone ? '' : ',' };
}

/**
 * `DROP INDEX a ON t` as the ALTER TABLE that servers make of it: MariaDB takes no clauses with the short form.
 * `undefined` if something follows the table.
 */
function dropAsAlter(sql: string, tokens: readonly SqlToken[]): string | undefined {
  const name = areWords(tokens, 2, 'IF', 'EXISTS') ? 4 : 2;
  const found = isWord(tokens[name + 1], 'ON') ? objectAt(tokens, name + 2, 'TABLE') : undefined;
  const [first, last] = [tokens[name + 2], tokens.at(-1)];
  const isWhole = isWord(tokens[1], 'INDEX') && found?.next === tokens.length;
  if (!isWhole || first === undefined || last === undefined) return undefined;
  const index = sql.slice(tokens[1]?.start, tokens[name]?.end);
  return `ALTER TABLE ${sql.slice(first.start, last.end)} DROP ${index}`;
}

function placeInIndex(tokens: readonly SqlToken[]): Place | undefined {
  const word = tokens.findIndex((token, index) => index < 6 && isWord(token, 'INDEX'));
  const last = tokens.at(-1);
  if (!isWord(tokens[0], 'CREATE', 'DROP') || word < 0 || last === undefined) return undefined;
  const isIndex = tokens
    .slice(1, word)
    .every((token) =>
      isWord(token, 'OR', 'REPLACE', 'ONLINE', 'UNIQUE', 'FULLTEXT', 'SPATIAL', 'VECTOR'),
    );
  const on = tokens.findIndex((token, index) => index > word && isWord(token, 'ON'));
  const found = on < 0 ? undefined : objectAt(tokens, on + 1, 'TABLE');
  if (!isIndex || found === undefined) return undefined;
  return { table: found.object, at: last.end, between: ' ', after: '' };
}

/** The value of a clause outside of brackets: `ALGORITHM = COPY`. The last one counts. */
function ownClause(tokens: readonly SqlToken[], name: string): SqlToken | undefined {
  let depth = 0;
  let value: SqlToken | undefined;
  for (const [index, token] of tokens.entries()) {
    if (isSymbol(token, '(')) depth++;
    else if (isSymbol(token, ')')) depth--;
    if (depth > 0 || !isWord(token, name)) continue;
    const next = tokens[index + (isSymbol(tokens[index + 1], '=') ? 2 : 1)];
    if (
      isWord(next, 'DEFAULT', 'INSTANT', 'INPLACE', 'NOCOPY', 'COPY', 'NONE', 'SHARED', 'EXCLUSIVE')
    )
      value = next;
  }
  return value;
}
