import { isSymbol, isWord, type SqlToken } from '../sql/sql-tokens.ts';
import { partOf, type TextPart } from './table-elements.ts';

/** The collations that columns have without saying so. */
export interface Collations {
  /** The table's own. */
  readonly table: string;
  /** The default collation of a character set. */
  ofCharset(charset: string): string;
}

/** Types of columns that have a character set. */
const TEXT_TYPES = ['CHAR', 'VARCHAR', 'TINYTEXT', 'TEXT', 'MEDIUMTEXT', 'LONGTEXT', 'ENUM', 'SET'];

/** Display widths that a server shows or leaves out by its version: they change nothing (MySQL, "Numeric Type Attributes"). */
const DEFAULT_WIDTHS: Readonly<Record<string, readonly [signed: number, unsigned: number]>> = {
  TINYINT: [4, 3],
  SMALLINT: [6, 5],
  MEDIUMINT: [9, 8],
  INT: [11, 10],
  BIGINT: [20, 20],
};

/**
 * The definition of a column, without its name. Servers write a collation only if it differs from the table's, or
 * if somebody has named it; here every text has its own, and no other difference remains between the two ways.
 */
export function columnDefinition(column: TextPart, collations: Collations): string {
  const own = partOf(column.text, column.tokens.slice(1));
  const [type] = own.tokens;
  if (type === undefined) return own.text;
  if (isWord(type, ...Object.keys(DEFAULT_WIDTHS))) return withoutDefaultWidth(own);
  return isWord(type, ...TEXT_TYPES) ? withCollation(own, collations) : own.text;
}

function withoutDefaultWidth({ text, tokens }: TextPart): string {
  const [type, open, width, close] = tokens;
  if (type === undefined || !isSymbol(open, '(') || close === undefined) return text;
  if (tokens.some((token) => isWord(token, 'ZEROFILL'))) return text;
  const isUnsigned = isWord(tokens[4], 'UNSIGNED');
  const usual = DEFAULT_WIDTHS[type.text.toUpperCase()]?.[isUnsigned ? 1 : 0];
  return Number(width?.text) === usual ? type.text + text.slice(close.end) : text;
}

function withCollation({ text, tokens }: TextPart, { table, ofCharset }: Collations): string {
  const end = endOfType(tokens);
  let at = end;
  let charset: string | undefined;
  let collation: string | undefined;
  if (isWord(tokens[at], 'CHARACTER') && isWord(tokens[at + 1], 'SET')) {
    charset = tokens[at + 2]?.text;
    at += 3;
  }
  if (isWord(tokens[at], 'COLLATE')) {
    collation = tokens[at + 1]?.text;
    at += 2;
  }
  const effective = collation ?? (charset === undefined ? table : ofCharset(charset));
  const type = text.slice(0, tokens[end - 1]?.end);
  const rest = text.slice(tokens[at - 1]?.end);
  return `${type} COLLATE ${collationName(effective)}${rest}`;
}

/** The number of tokens of a type: `varchar(10)`, `enum('a','b')`, `text`. */
function endOfType(tokens: readonly SqlToken[]): number {
  if (!isSymbol(tokens[1], '(')) return 1;
  return tokens.findIndex((token) => isSymbol(token, ')')) + 1;
}

/** MySQL before 8.0.30 and MariaDB before 10.6 write `utf8` for `utf8mb3`. */
export function collationName(name: string): string {
  return name.toLowerCase().replace(/^utf8(?=_|$)/, 'utf8mb3');
}
