import type { RecordedMigration, SentStatement, TableChange } from '../recording.ts';
import type { ColumnDefinition, IndexDefinition, TableDefinition } from '../table-definition.ts';

/** A change of a table that tenants have already. */
export interface ExistingChange {
  readonly before: TableDefinition;
  readonly after: TableDefinition;
  readonly added: readonly ColumnDefinition[];
  readonly dropped: readonly ColumnDefinition[];
  /** Columns that existed before and have changed in more than their position. */
  readonly changed: readonly {
    readonly before: ColumnDefinition;
    readonly after: ColumnDefinition;
  }[];
  readonly addedIndexes: readonly IndexDefinition[];
  readonly droppedIndexes: readonly IndexDefinition[];
}

/** A statement with its changes sorted by what they mean to a tenant. */
export interface LintedStatement extends SentStatement {
  /** Tables that it creates, without those that have only another name. */
  readonly created: readonly TableDefinition[];
  /** Tables of tenants that it drops. */
  readonly droppedTables: readonly TableDefinition[];
  /** Tables of tenants that have another name afterwards. */
  readonly renamedTables: readonly { readonly from: string; readonly to: string }[];
  /** Changes of tables that existed before the migration: those that it created are empty. */
  readonly existing: readonly ExistingChange[];
}

/** Sorts the changes of a migration's statements. */
export function lintedStatements({ statements }: RecordedMigration): LintedStatement[] {
  const own = new Set<string>();
  return statements.map((statement) => {
    const { created, dropped, kept } = sorted(statement);
    for (const { name } of created) own.add(name);
    const renamed = kept.filter(({ before, after }) => before.name !== after.name);
    // A swap gives each of two tables the name of the other.
    const isOwn = renamed.map(({ before }) => own.has(before.name));
    const isTenants = (table: TableDefinition) => !own.has(table.name);
    const existing = kept.filter(({ before }) => isTenants(before) && !before.isView);
    const droppedTables = dropped.filter(isTenants);
    for (const { before } of renamed) own.delete(before.name);
    for (const [index, { after }] of renamed.entries()) if (isOwn[index]) own.add(after.name);
    return {
      ...statement,
      created,
      droppedTables,
      renamedTables: renamed
        .filter((_, index) => !isOwn[index])
        .map(({ before, after }) => ({ from: before.name, to: after.name })),
      existing: existing.map((change) => existingChange(change, statement)),
    };
  });
}

function sorted({ changes }: SentStatement) {
  const kept: { before: TableDefinition; after: TableDefinition }[] = [];
  const created: TableDefinition[] = [];
  const dropped: TableDefinition[] = [];
  for (const { before, after } of changes) {
    if (before !== undefined && after !== undefined) kept.push({ before, after });
    else if (after !== undefined) created.push(after);
    else if (before !== undefined) dropped.push(before);
  }
  return { kept, created, dropped };
}

function existingChange(
  { before, after }: Required<TableChange> & { before: TableDefinition; after: TableDefinition },
  { renames }: SentStatement,
): ExistingChange {
  const newName = (name: string) =>
    renames.find(({ what, from }) => what === 'column' && isSame(from, name))?.to ?? name;
  const pairs = before.columns.map((column) => ({
    before: column,
    after: after.columns.find(({ name }) => isSame(name, newName(column.name))),
  }));
  return {
    before,
    after,
    dropped: pairs.flatMap((pair) => (pair.after === undefined ? [pair.before] : [])),
    added: after.columns.filter((column) => !pairs.some((pair) => pair.after === column)),
    changed: pairs.flatMap((pair) =>
      pair.after !== undefined && isChanged(pair.before, pair.after)
        ? [{ before: pair.before, after: pair.after }]
        : [],
    ),
    addedIndexes: indexesIn(after, before),
    droppedIndexes: indexesIn(before, after),
  };
}

function isChanged(before: ColumnDefinition, after: ColumnDefinition): boolean {
  const without = ({ position: _, name: __, ...rest }: ColumnDefinition) => JSON.stringify(rest);
  return without(before) !== without(after);
}

/** The indexes of a table that another state of it lacks; a renamed one counts as the same. */
function indexesIn(of: TableDefinition, other: TableDefinition): IndexDefinition[] {
  const key = ({ columns, isUnique, type }: IndexDefinition) =>
    JSON.stringify([columns, isUnique, type]);
  const known = new Set(other.indexes.flatMap((index) => [key(index), `name ${index.name}`]));
  const isKept = (index: IndexDefinition) =>
    known.has(key(index)) ||
    (known.has(`name ${index.name}`) &&
      other.indexes.some(
        ({ name, isUnique, columns }) =>
          name === index.name &&
          isUnique === index.isUnique &&
          isSame(columns.join(), index.columns.join()),
      ));
  return of.indexes.filter((index) => !isKept(index));
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
