import { columnOrderText, type Definition } from '../../../core/shapes/definition.ts';
import { areWords, isSymbol, isWord } from '../sql/sql-tokens.ts';
import { type Collations, columnDefinition } from './column-definition.ts';
import { partOf, type TextPart, tableElements } from './table-elements.ts';
import { optionDefinitions, tableRest } from './table-options.ts';

/** A table as the server lists and writes it. */
export interface TableToRead {
  readonly name: string;
  /** The result of `SHOW CREATE TABLE`. */
  readonly sql: string;
  /** In use, whether it was chosen or is the default. */
  readonly rowFormat: string;
}

/**
 * The definitions of a table. Left out: the counter of generated ids, the names of constraints that the server has
 * made, the order of indexes and constraints, and words that change nothing (`RESTRICT`, `USING BTREE`).
 */
export function tableDefinitions(
  { name: table, sql, rowFormat }: TableToRead,
  ofCharset: (charset: string) => string,
): Definition[] {
  const { elements, rest } = tableElements(sql);
  const options = tableRest(rest, ofCharset);
  const collations: Collations = { table: options.collation, ofCharset };
  const engine = (options.options.get('ENGINE') ?? '').toUpperCase();
  const columns: string[] = [];
  const unnamed = new Map<string, number>();
  const parts = elements.map((element): Definition => {
    const [first] = element.tokens;
    if (first?.kind === 'name') {
      columns.push(first.text);
      return {
        kind: 'column',
        table,
        name: first.text,
        text: columnDefinition(element, collations),
      };
    }
    if (isWord(first, 'CONSTRAINT')) return constraintOf(table, element, unnamed);
    return isWord(first, 'PERIOD')
      ? { kind: 'option', table, name: 'PERIOD', text: element.text }
      : indexOf(table, element, engine);
  });
  return [
    { kind: 'table', table, name: table, text: '' },
    { kind: 'column order', table, name: '', text: columnOrderText(columns) },
    { kind: 'option', table, name: 'ROW_FORMAT', text: rowFormat.toUpperCase() },
    ...parts,
    ...optionDefinitions(table, options),
  ];
}

/** Engines whose indexes are B-trees whether it is written or not. */
const BTREE_ENGINES = new Set(['INNODB', 'MYISAM', 'ARIA']);

function indexOf(table: string, { text, tokens }: TextPart, engine: string): Definition {
  const at = tokens.findIndex((token) => token.kind === 'name');
  const isPrimary = isWord(tokens[0], 'PRIMARY');
  const name = isPrimary ? 'PRIMARY' : (tokens[at]?.text ?? '');
  const own = BTREE_ENGINES.has(engine) ? text.replace(/\) USING BTREE\b/, ')') : text;
  return { kind: 'index', table, name, text: own };
}

/** `CONSTRAINT` with its name, and a foreign key or a check. */
function constraintOf(
  table: string,
  { text, tokens }: TextPart,
  unnamed: Map<string, number>,
): Definition {
  const own = partOf(text, tokens.slice(2));
  const isForeignKey = areWords(tokens, 2, 'FOREIGN', 'KEY');
  const kind = isForeignKey ? 'foreign key' : isWord(tokens[2], 'CHECK') ? 'check' : 'index';
  const content = isForeignKey ? withoutRestrict(own.text) : own.text;
  const name = tokens[1]?.text ?? '';
  if (!isMadeByServer(name)) return { kind, table, name, text: content };
  const shown = isForeignKey ? ofColumns(own) : `(${content})`;
  const count = (unnamed.get(kind + shown) ?? 0) + 1;
  unnamed.set(kind + shown, count);
  return { kind, table, name: count === 1 ? shown : `${shown} #${count}`, text: content };
}

/** The columns of a foreign key, as its definition has them. */
function ofColumns({ text, tokens }: TextPart): string {
  const close = tokens.findIndex((token) => isSymbol(token, ')'));
  return text.slice(tokens[2]?.start, tokens[close]?.end).replaceAll('`', '');
}

/** InnoDB's `table_ibfk_1`, MySQL's `table_chk_1`, MariaDB's `CONSTRAINT_1`, and its `1` from 12.1 on. */
function isMadeByServer(name: string): boolean {
  return /(?:_(?:ibfk|chk)_|^CONSTRAINT_|^)\d+$/.test(name);
}

/** Both words are what InnoDB does without them (MySQL, "FOREIGN KEY Constraints"). */
function withoutRestrict(text: string): string {
  return text.replace(/ ON (?:DELETE|UPDATE) (?:RESTRICT|NO ACTION)(?= ON |$)/g, '');
}
