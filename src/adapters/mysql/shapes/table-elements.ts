import { isExecutableComment } from '../sql/executable-comments.ts';
import { isSymbol, type SqlToken, sqlTokens } from '../sql/sql-tokens.ts';

/** A `CREATE TABLE` in its parts, as the server wrote it. */
export interface TableText {
  /** Columns, indexes and constraints, each with its tokens. */
  readonly elements: readonly TextPart[];
  /** All that follows the closing parenthesis. */
  readonly rest: TextPart;
}

/** A part of a text; the tokens' positions are those of `text`. */
export interface TextPart {
  readonly text: string;
  readonly tokens: readonly SqlToken[];
}

/** Splits the text that `SHOW CREATE TABLE` gave. Comments that a server runs count as their contents. */
export function tableElements(sql: string): TableText {
  const text = withoutComments(sql);
  const tokens = sqlTokens(text);
  const elements: TextPart[] = [];
  let depth = 0;
  let begin = 0;
  for (const [at, token] of tokens.entries()) {
    if (isSymbol(token, '(')) {
      depth += 1;
      if (depth === 1) begin = at + 1;
    }
    const isEnd = isSymbol(token, ')') && depth === 1;
    if (isEnd || (isSymbol(token, ',') && depth === 1)) {
      elements.push(partOf(text, tokens.slice(begin, at)));
      begin = at + 1;
    }
    if (isEnd) return { elements, rest: partOf(text, tokens.slice(begin)) };
    if (isSymbol(token, ')')) depth -= 1;
  }
  return { elements, rest: partOf(text, tokens.slice(begin)) };
}

/** The text from the first of the tokens to the last one, and the tokens with positions in it. */
export function partOf(text: string, tokens: readonly SqlToken[]): TextPart {
  const start = tokens[0]?.start ?? 0;
  return {
    text: text.slice(start, tokens.at(-1)?.end ?? start),
    tokens: tokens.map((token) => ({
      ...token,
      start: token.start - start,
      end: token.end - start,
    })),
  };
}

/** MySQL writes what older versions do not know as comments with the version that introduced it. */
function withoutComments(sql: string): string {
  if (!sql.includes('/*')) return sql;
  let text = '';
  let end = 0;
  for (const token of sqlTokens(sql)) {
    if (!isExecutableComment(token)) continue;
    text += sql.slice(end, token.start) + token.text.replace(/^\/\*M?!\d*\s*/, '').slice(0, -2);
    end = token.end;
  }
  return text + sql.slice(end);
}
