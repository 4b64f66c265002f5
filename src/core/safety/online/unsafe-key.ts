/** A column of the primary key. */
export interface KeyColumn {
  readonly name: string;
  /** Such as `varchar`, in lower case. */
  readonly type: string;
  /** Of text only, such as `utf8mb4`. */
  readonly characterSet: string | undefined;
}

/** Types of keys in whose order gh-ost has copied every row while others wrote (test/adapters/mysql/online/keys.db.test.ts). */
const TYPES: ReadonlySet<string> = new Set(
  'tinyint smallint mediumint int bigint decimal double date datetime timestamp time binary varbinary'.split(
    ' ',
  ),
);
const TEXTS: ReadonlySet<string> = new Set(['char', 'varchar', 'enum']);
/** In any other one, gh-ost compares keys beyond ASCII wrongly: it copied 6 of 5,000 rows, and reported success. */
const CHARACTER_SETS: ReadonlySet<string> = new Set(['utf8mb4', 'utf8mb3', 'utf8', 'ascii']);

/**
 * The reason why rows of a table with this primary key would be lost in a copy; `undefined` if none would.
 *
 * @param clauses the text of the ALTER TABLE, which may give the key another character set
 */
export function unsafeKey(columns: readonly KeyColumn[], clauses: string): string | undefined {
  for (const { name, type, characterSet } of columns) {
    if (characterSet === undefined) {
      if (!TYPES.has(type))
        return `The column ${name} of the primary key is ${type.toUpperCase()}, ${LOSES}`;
    } else if (!TEXTS.has(type)) {
      return `The column ${name} of the primary key is ${type.toUpperCase()}, ${LOSES}`;
    } else {
      const odd = [characterSet, ...namedIn(clauses)].find((each) => !CHARACTER_SETS.has(each));
      if (odd !== undefined)
        return `The column ${name} of the primary key is in the character set ${odd}, or would be, ${LOSES}`;
    }
  }
  return undefined;
}

const LOSES = 'by which the program does not find every row.';

/** The character sets that clauses name, also those of collations, wherever they are. */
function namedIn(clauses: string): string[] {
  const named = clauses.matchAll(
    /\b(?:(?:CHARACTER\s+SET|CHARSET)\s*=?\s*|COLLATE\s*=?\s*)['"`]?([a-z0-9]+)/gi,
  );
  return [...named].map(([, name = '']) => name.toLowerCase());
}
