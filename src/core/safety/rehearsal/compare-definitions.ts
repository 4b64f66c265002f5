import type { DatabaseContents } from './database-contents.ts';

/** A difference between two databases, for people. It never has a row's content. */
export interface Difference {
  /** The object in words: `table users`, `view active_users`. */
  readonly object: string;
  /** The difference in words. */
  readonly text: string;
  /** For a table: whether its definition or its rows differ, or only comments, the order of its columns, or that of its indexes. */
  readonly of: 'definition' | 'comment' | 'order' | 'index order' | 'rows';
  /** Columns whose values differ. */
  readonly columns?: readonly string[] | undefined;
  /** Lines of the definition that only the second database has. */
  readonly added?: readonly string[] | undefined;
  /** Lines of the definition that only the first database has. */
  readonly removed?: readonly string[] | undefined;
}

/**
 * Compares the definitions of two databases. The order of columns and indexes within a table is a difference of
 * its own kind: a column that is dropped and added again comes last, which changes nothing for queries that name it.
 */
export function compareDefinitions(
  before: DatabaseContents,
  after: DatabaseContents,
): Difference[] {
  return [...compareTables(before, after), ...compareObjects(before, after)];
}

/**
 * Compares the definitions after two runs of one migration. The order of indexes changes nothing, and a migration that
 * does not await its queries builds them in any order.
 */
export function compareRuns(one: DatabaseContents, other: DatabaseContents): Difference[] {
  return compareDefinitions(one, other).filter(({ of }) => of !== 'index order');
}

function compareTables(
  { tables: before }: DatabaseContents,
  after: DatabaseContents,
): Difference[] {
  const names = new Set([...before.keys(), ...after.tables.keys()]);
  return [...names].flatMap((name): Difference[] => {
    const [one, other] = [before.get(name)?.definition, after.tables.get(name)?.definition];
    if (one === other) return [];
    const object = `table ${name}`;
    if (one === undefined)
      return [{ object, of: 'definition', text: 'exists, and did not before' }];
    if (other === undefined) return [{ object, of: 'definition', text: 'does not exist any more' }];
    const [lines, others] = [linesOf(one), linesOf(other)];
    const removed = lines.filter((line) => !others.includes(line));
    const added = others.filter((line) => !lines.includes(line));
    if ([...removed, ...added].every((line) => isIndexOfKey(line, [...lines, ...others]))) {
      return [
        columnsOf(lines).join() === columnsOf(others).join()
          ? { object, of: 'index order', text: 'has its indexes in another order' }
          : { object, of: 'order', text: 'has its columns in another order' },
      ];
    }
    const of = withoutComments(one) === withoutComments(other) ? 'comment' : 'definition';
    return [{ object, of, text: lineWords(removed, added), removed, added }];
  });
}

/**
 * Whether a line is the index that a server has made for a foreign key. It drops that index by itself when another
 * one serves the key, unless the table was made from its definition, which does not tell who made the index.
 */
function isIndexOfKey(line: string, all: readonly string[]): boolean {
  const [, name, columns] = /^KEY `((?:[^`]|``)+)` \((.+)\)$/.exec(line) ?? [];
  const key = `CONSTRAINT \`${name}\` FOREIGN KEY (${columns})`;
  return name !== undefined && all.some((each) => each.startsWith(key));
}

/** The lines of columns, in their order. */
function columnsOf(lines: readonly string[]): string[] {
  return lines.filter((line) => line.startsWith('`'));
}

/** The lines of a definition without comments, in one order. */
function withoutComments(definition: string): string {
  const text = definition.replace(/ COMMENT ?=? ?'(?:[^'\\]|''|\\.)*'/g, '');
  return linesOf(text).sort().join('\n');
}

/** The lines of a definition without the commas between them. */
function linesOf(definition: string): string[] {
  return definition.split('\n').map((line) => line.trim().replace(/,$/, ''));
}

const MOST_LINES = 3;

function lineWords(removed: readonly string[], added: readonly string[]): string {
  const words = (lines: readonly string[], verb: string) =>
    lines.length === 0
      ? []
      : [
          `${verb} ${lines.slice(0, MOST_LINES).join(' and ')}${lines.length > MOST_LINES ? ` and ${lines.length - MOST_LINES} more` : ''}`,
        ];
  return [...words(removed, 'lacks'), ...words(added, 'has')].join('; ');
}

function compareObjects(
  { objects: before }: DatabaseContents,
  { objects: after }: DatabaseContents,
): Difference[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].flatMap((object): Difference[] => {
    const [one, other] = [before.get(object), after.get(object)];
    if (one?.definition === other?.definition && one?.sqlMode === other?.sqlMode) return [];
    const text =
      one === undefined
        ? 'exists, and did not before'
        : other === undefined
          ? 'does not exist any more'
          : 'has another definition';
    return [{ object, of: 'definition', text }];
  });
}
