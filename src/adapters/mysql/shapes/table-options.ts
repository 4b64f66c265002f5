import type { Definition } from '../../../core/shapes/definition.ts';
import { areWords, isSymbol, isWord, type SqlToken } from '../sql/sql-tokens.ts';
import { collationName } from './column-definition.ts';
import { partOf, type TextPart } from './table-elements.ts';

/** The rest of a `CREATE TABLE` after its closing parenthesis. */
export interface TableRest {
  /** By name in upper case; without the character set, the counter of ids and the row format. */
  readonly options: ReadonlyMap<string, string>;
  readonly collation: string;
  readonly partitions: string | undefined;
}

/**
 * Options that are left out: the counter of generated ids moves with every row, and the row format is read
 * from the server, because a table may also have it by default.
 */
const LEFT_OUT = new Set(['AUTO_INCREMENT', 'ROW_FORMAT', 'DEFAULT CHARSET', 'COLLATE']);

/** Options with secrets: the account of a remote server. */
const SECRET = new Set(['CONNECTION', 'PASSWORD']);

/** Reads options and partitions. Every option is kept by its own name, also those of engines and of later versions. */
export function tableRest(rest: TextPart, ofCharset: (charset: string) => string): TableRest {
  const { text, tokens } = rest;
  const at = tokens.findIndex((_, index) => areWords(tokens, index, 'PARTITION', 'BY'));
  const end = at < 0 ? tokens.length : at;
  const all = new Map<string, string>();
  for (let begin = 0; begin < end; ) {
    const next = endOfOption(tokens, begin, end);
    const [name, value] = optionOf(partOf(text, tokens.slice(begin, next)));
    all.set(name, SECRET.has(name) ? "'…'" : value);
    begin = next;
  }
  const charset = all.get('DEFAULT CHARSET') ?? '';
  return {
    options: new Map([...all].filter(([name]) => !LEFT_OUT.has(name))),
    collation: collationName(all.get('COLLATE') ?? ofCharset(charset)),
    partitions: at < 0 ? undefined : partOf(text, tokens.slice(at)).text.replace(/\s+/g, ' '),
  };
}

/** Options as definitions of their table. */
export function optionDefinitions(table: string, { options, collation, partitions }: TableRest) {
  const option = (name: string, text: string): Definition => ({
    kind: 'option',
    table,
    name,
    text,
  });
  return [
    ...[...options].map(([name, value]) => option(name, value)),
    option('COLLATE', collation),
    ...(partitions === undefined
      ? []
      : [{ kind: 'partitions' as const, table, name: '', text: partitions }]),
  ];
}

/** `ENGINE=InnoDB`, `DEFAULT CHARSET=utf8mb4`, `WITH SYSTEM VERSIONING`, `UNION=(a,b)`. */
function endOfOption(tokens: readonly SqlToken[], begin: number, end: number): number {
  if (isWord(tokens[begin], 'WITH')) return Math.min(begin + 3, end);
  // TABLESPACE `name`, STORAGE DISK
  if (isWord(tokens[begin], 'TABLESPACE', 'STORAGE') && !isSymbol(tokens[begin + 1], '=')) {
    return Math.min(begin + 2, end);
  }
  let at = begin;
  while (at < end && !isSymbol(tokens[at], '=')) at += 1;
  if (!isSymbol(tokens[at + 1], '(')) return Math.min(at + 2, end);
  while (at < end && !isSymbol(tokens[at], ')')) at += 1;
  return Math.min(at + 1, end);
}

function optionOf({ text, tokens }: TextPart): [name: string, value: string] {
  const equals = tokens.findIndex((token) => isSymbol(token, '='));
  if (equals < 0) {
    const [first] = tokens;
    return isWord(first, 'WITH')
      ? [text.toUpperCase(), 'yes']
      : [first?.text.toUpperCase() ?? '', text.slice(first?.end).trim()];
  }
  const name = tokens.slice(0, equals).map((token) => token.text.toUpperCase());
  return [name.join(' '), text.slice(tokens[equals]?.end).trim()];
}
