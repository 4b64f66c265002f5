import type { TableChange } from '../../../core/safety/recording.ts';
import type { TableDefinition } from '../../../core/safety/table-definition.ts';
import type { SqlRename } from '../sql/renames-in.ts';

type Tables = ReadonlyMap<string, TableDefinition>;

/**
 * The changes from one state of tables to another. A renamed table is one change, from its old definition to its
 * new one, also if another table has its old name by now, as after a swap.
 *
 * @param of.names the tables that may have changed, by their old and new names
 * @param of.renames in the order in which the server made them
 */
export function changesBetween(
  before: Tables,
  after: Tables,
  { names, renames }: { readonly names: Iterable<string>; readonly renames: readonly SqlRename[] },
): TableChange[] {
  const oldNames = oldNamesOf(renames);
  const gone = new Set(oldNames.values());
  const changes: TableChange[] = [];
  for (const name of names) {
    const now = after.get(name);
    const oldName = [...oldNames].find(([to]) => isSame(to, name))?.[1];
    if (now !== undefined && oldName !== undefined) {
      changes.push({ before: named(before, oldName), after: now });
      continue;
    }
    const old = [...gone].some((each) => isSame(each, name)) ? undefined : before.get(name);
    if (JSON.stringify(old) !== JSON.stringify(now)) changes.push({ before: old, after: now });
  }
  return changes;
}

/** The first name of each table that has another one after all renames, by its last. */
function oldNamesOf(renames: readonly SqlRename[]): Map<string, string> {
  const oldNames = new Map<string, string>();
  for (const { what, from, to } of renames) {
    if (what !== 'table') continue;
    const key = [...oldNames.keys()].find((each) => isSame(each, from));
    const first = key === undefined ? from : (oldNames.get(key) ?? from);
    if (key !== undefined) oldNames.delete(key);
    oldNames.set(to, first);
  }
  // `a TO b, b TO a` leaves it as it was.
  for (const [to, from] of [...oldNames]) if (to === from) oldNames.delete(to);
  return oldNames;
}

function named(tables: Tables, name: string): TableDefinition | undefined {
  return tables.get(name) ?? [...tables.values()].find((table) => isSame(table.name, name));
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
