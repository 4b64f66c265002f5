import type { Connection } from 'mysql2';
import type {
  DatabaseContents,
  ObjectContents,
  TableContents,
} from '../../../core/safety/rehearsal/database-contents.ts';
import { query } from '../connection/query.ts';
import { insertStatements } from './insert-rows.ts';
import { inPackets } from './query-texts.ts';
import { quote } from './read-contents.ts';

const OWN_MODE = 'NO_AUTO_VALUE_ON_ZERO';

/**
 * Makes a database hold exactly the `wanted` contents. Only tables that differ from `current` are made again, so
 * that a rehearsal of a large schema pays for what a migration touches, not for the schema.
 */
export async function restoreContents(
  connection: Connection,
  current: DatabaseContents,
  wanted: DatabaseContents,
): Promise<void> {
  const [before, after] = [allTables(current), allTables(wanted)];
  const stale = [...before].filter(([name, table]) => !isSameTable(table, after.get(name)));
  const missing = [...after].filter(([name, table]) => !isSameTable(table, before.get(name)));
  const touched = new Set([...stale, ...missing].map(([name]) => name));
  // Objects depend on tables and on each other, and a trigger would fire when rows are written.
  const renews =
    !areSameObjects(current, wanted) ||
    [current, wanted].some(({ objects }) =>
      [...objects.values()].some(
        ({ table, kind }) => kind === 'view' || (table !== undefined && touched.has(table)),
      ),
    );
  if (touched.size === 0 && !renews) return;
  await send(connection, [
    `SET SESSION sql_mode = '${OWN_MODE}', foreign_key_checks = 0, time_zone = '+00:00'`,
    ...(renews ? [...current.objects.values()].map(dropObject) : []),
    ...(stale.length === 0 ? [] : [`DROP TABLE ${stale.map(([name]) => quote(name)).join(', ')}`]),
    ...missing.flatMap(([name, table]) => createTable(name, table)),
  ]);
  if (!renews) return;
  await createObjects(connection, [...wanted.objects.values()]);
  // Servers write definitions by the session's mode, which would be that of the last object.
  await query(connection, `SET SESSION sql_mode = '${OWN_MODE}'`);
}

function allTables({ tables, bookkeeping }: DatabaseContents): Map<string, TableContents> {
  return new Map([...tables, ...bookkeeping]);
}

function isSameTable(one: TableContents, other: TableContents | undefined): boolean {
  if (other === undefined) return false;
  if (one.definition !== other.definition || one.counter !== other.counter) return false;
  return JSON.stringify(one.rows) === JSON.stringify(other.rows);
}

function areSameObjects({ objects }: DatabaseContents, other: DatabaseContents): boolean {
  return JSON.stringify([...objects]) === JSON.stringify([...other.objects]);
}

function dropObject({ kind, name }: ObjectContents): string {
  return `DROP ${kind.toUpperCase()} IF EXISTS ${quote(name)}`;
}

function createTable(
  name: string,
  { definition, counter, columns, rows }: TableContents,
): string[] {
  const stored = columns
    .map((column, index) => ({ ...column, index }))
    .filter(({ isGenerated }) => !isGenerated);
  const values = rows.map((row) => stored.map(({ index }) => row[index]));
  return [
    definition,
    ...insertStatements(name, stored, values),
    ...(counter === undefined ? [] : [`ALTER TABLE ${quote(name)} AUTO_INCREMENT = ${counter}`]),
  ];
}

/** Creates objects in rounds, because a view or routine may need another one first. */
async function createObjects(
  connection: Connection,
  objects: readonly ObjectContents[],
): Promise<void> {
  let left = objects;
  while (left.length > 0) {
    const failed: ObjectContents[] = [];
    let error: unknown;
    for (const object of left) {
      try {
        await query(connection, `SET SESSION sql_mode = '${object.sqlMode ?? ''}'`);
        await query(connection, object.definition);
      } catch (thrown) {
        error = thrown;
        failed.push(object);
      }
    }
    if (failed.length === left.length) throw error;
    left = failed;
  }
}

async function send(connection: Connection, statements: readonly string[]): Promise<void> {
  for (const packet of inPackets(statements)) await query(connection, packet.join(';\n'));
}
