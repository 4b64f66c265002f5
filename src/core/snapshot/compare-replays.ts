import { createHash, type Hash } from 'node:crypto';
import type { CellText, ContentColumn } from '../safety/rehearsal/database-contents.ts';
import {
  NOW,
  type SnapshotCell,
  type SnapshotContents,
  type SnapshotDatabase,
  type SnapshotObject,
  type SnapshotTable,
} from './snapshot-ports.ts';

/** An object that two databases do not have alike. It never has a row's content. */
export interface SnapshotDifference {
  /** In words: `table users`. */
  readonly object: string;
  readonly text: string;
}

/** One of two databases, and the time of the server when it was made: milliseconds since 1970. */
export interface ReplaySide {
  readonly database: SnapshotDatabase;
  readonly contents: SnapshotContents;
  readonly clock: number;
}

/** Hashes of what both databases have, and what they do not. */
export interface ReplayComparison {
  readonly differences: readonly SnapshotDifference[];
  readonly definitionsHash: string;
  readonly rowsHash: string;
  readonly rows: number;
}

/** Receives each row of the first database as it is to be written again. */
export type RowSink = (table: SnapshotTable, row: readonly SnapshotCell[]) => Promise<void>;

/**
 * Compares two databases object by object and row by row, with one row of each in memory. A point in time that is
 * the server's own in both is equal, and {@link NOW}.
 */
export async function compareReplays(
  one: ReplaySide,
  other: ReplaySide,
  onRow: RowSink = async () => {},
): Promise<ReplayComparison> {
  const differences = [...databaseDifferences(one, other), ...objectDifferences(one, other)];
  const rowsHash = createHash('sha256');
  const others = new Map(other.contents.tables.map((table) => [table.name, table]));
  let rows = 0;
  for (const table of one.contents.tables) {
    const same = others.get(table.name);
    if (same === undefined || differences.some(({ object }) => object === `table ${table.name}`)) {
      continue;
    }
    const { differing, count } = await compareRows([one, table], [other, same], rowsHash, onRow);
    rows += count;
    if (differing.length > 0) {
      differences.push({ object: `table ${table.name}`, text: differing.join(', ') });
    }
  }
  const definitionsHash = definitionsHashOf(one.contents);
  return { differences, definitionsHash, rowsHash: rowsHash.digest('hex'), rows };
}

/** SHA-256 over the definitions of a database. */
function definitionsHashOf({ charset, collation, objects, left }: SnapshotContents): string {
  const sorted = [...objects].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([charset, collation, sorted, left]))
    .digest('hex');
}

function databaseDifferences(
  { contents: one }: ReplaySide,
  { contents: other }: ReplaySide,
): SnapshotDifference[] {
  const found: SnapshotDifference[] = [];
  if (one.charset !== other.charset || one.collation !== other.collation) {
    found.push({ object: 'the database', text: 'has another character set or collation' });
  }
  if (JSON.stringify(one.left) !== JSON.stringify(other.left)) {
    found.push({ object: 'the session', text: 'is left in another state' });
  }
  return found;
}

function objectDifferences(
  { contents: one }: ReplaySide,
  { contents: other }: ReplaySide,
): SnapshotDifference[] {
  const [before, after] = [byKey(one), byKey(other)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((object) => {
    const [first, second] = [before.get(object), after.get(object)];
    if (first === undefined || second === undefined) {
      return [{ object, text: 'exists in one of two databases only' }];
    }
    if (JSON.stringify(first) === JSON.stringify(second)) return [];
    return [{ object, text: differenceOf(first, second) }];
  });
}

function byKey({ objects }: SnapshotContents): Map<string, SnapshotObject> {
  return new Map(objects.map((object) => [keyOf(object), object]));
}

function keyOf({ kind, name }: SnapshotObject): string {
  return `${kind} ${name}`;
}

function differenceOf(one: SnapshotObject, other: SnapshotObject): string {
  if (withoutCounter(one.sql) !== withoutCounter(other.sql)) return 'has another definition';
  if (one.sql !== other.sql) return 'has another AUTO_INCREMENT';
  if (one.state !== other.state) return 'has another state';
  const names = new Set([...Object.keys(one.session), ...Object.keys(other.session)]);
  const differing = [...names].filter((name) => one.session[name] !== other.session[name]);
  return `was created with another ${differing.join(', ')}`;
}

function withoutCounter(sql: string): string {
  return sql.replace(/ AUTO_INCREMENT=\d+/, '');
}

type SideTable = readonly [ReplaySide, SnapshotTable];

/** Names the columns that differ. Both tables are read to their end whatever is found, since a stream has to be. */
async function compareRows(
  [one, table]: SideTable,
  [other, otherTable]: SideTable,
  hash: Hash,
  onRow: RowSink,
): Promise<{ differing: readonly string[]; count: number }> {
  const differing = new Set<string>();
  const theirs = other.database.rows(otherTable)[Symbol.asyncIterator]();
  let count = 0;
  hash.update(`${JSON.stringify(table.name)}\n`);
  for await (const row of one.database.rows(table)) {
    count += 1;
    const { value: match, done } = await theirs.next();
    if (done === true) {
      differing.add('the number of rows');
      continue;
    }
    const cells = table.columns.map((column, at): SnapshotCell => {
      const [mine, its] = [row[at], (match as readonly CellText[])[at]];
      const [isNow, isItsNow] = [isTime(mine, one.clock, column), isTime(its, other.clock, column)];
      if (isNow && isItsNow) return NOW;
      if (mine !== its) differing.add(column.name);
      return mine;
    });
    hash.update(`${JSON.stringify(cells.map((cell) => (cell === NOW ? [] : (cell ?? null))))}\n`);
    if (differing.size === 0) await onRow(table, cells);
  }
  for (let rest = await theirs.next(); rest.done !== true; rest = await theirs.next()) {
    differing.add('the number of rows');
  }
  return { differing: [...differing], count };
}

const POINTS_IN_TIME = new Set(['timestamp', 'datetime']);

/** Whether a value is the server's own time, with however many digits after the second. */
function isTime(value: CellText, clock: number, { type }: ContentColumn): boolean {
  if (value === undefined || !POINTS_IN_TIME.has(type)) return false;
  const text = new Date(clock).toISOString().slice(0, 19).replace('T', ' ');
  return value.startsWith(text) && /^(?:\.0+)?$/.test(value.slice(text.length));
}
