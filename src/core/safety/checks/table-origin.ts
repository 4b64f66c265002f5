import type { SentStatement, TableChange } from '../recording.ts';
import type { ColumnDefinition, TableDefinition } from '../table-definition.ts';
import { conversions } from './convert-column.ts';
import type { ColumnSource } from './data-check.ts';

/** A table among pending migrations, seen from the tenant as it is now. */
export interface TableOrigin {
  /** The name that it has now; absent if a pending migration creates it. */
  readonly table?: string | undefined;
  /** The migration that writes rows, if one does. */
  readonly filledBy?: string | undefined;
  /** By name in lower case; those that are absent are as they are now. */
  readonly sources: ReadonlyMap<string, ColumnSource>;
}

/** Pairs the columns of a table before and after a statement, by name and by the renames that it makes. */
export function columnPairs(
  { before, after }: { readonly before: TableDefinition; readonly after: TableDefinition },
  renames: SentStatement['renames'],
): { readonly before?: ColumnDefinition | undefined; readonly after: ColumnDefinition }[] {
  const columnRenames = renames.filter(({ what }) => what === 'column');
  return after.columns.map((column) => {
    const renamed = columnRenames.find(({ to }) => isSame(to, column.name));
    const oldName = renamed?.from ?? column.name;
    // Another column may have taken the old name: `CHANGE a b INT, ADD a INT`.
    const isTaken =
      renamed === undefined && columnRenames.some(({ from }) => isSame(from, oldName));
    const old = isTaken ? undefined : before.columns.find(({ name }) => isSame(name, oldName));
    return { before: old, after: column };
  });
}

/** The source of a column's values. */
export function sourceOf(origin: TableOrigin, column: ColumnDefinition): ColumnSource {
  return (
    origin.sources.get(column.name.toLowerCase()) ?? {
      is: 'column',
      name: column.name,
      definition: column,
    }
  );
}

/** The origin of a table after a statement has changed it. */
export function originAfter(
  origin: TableOrigin,
  change: Required<TableChange> & { before: TableDefinition; after: TableDefinition },
  {
    renames,
    migration,
    isMariaDb,
  }: {
    readonly renames: SentStatement['renames'];
    readonly migration: string;
    readonly isMariaDb: boolean;
  },
): TableOrigin {
  const sources = new Map<string, ColumnSource>();
  for (const { before, after } of columnPairs(change, renames)) {
    const key = after.name.toLowerCase();
    if (before === undefined) {
      sources.set(key, { is: 'default', definition: after });
      continue;
    }
    const isKept = conversions(before, after, isMariaDb)?.length === 0;
    const source = sourceOf(origin, before);
    sources.set(key, isKept || source.is === 'changed' ? source : { is: 'changed', by: migration });
  }
  return { ...origin, sources };
}

/** Compares names of tables and columns as servers do that do not distinguish case. */
export function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
